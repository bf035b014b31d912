using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using MhcPipeline.Core;

namespace MhcPipeline.GpuCheck.Running;

/// <summary>A program that runs beside this one and talks in lines. Disposing of it ends it.</summary>
internal sealed class ChildProgram : IDisposable
{
    private const int KeptErrors = 12;

    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly Queue<string> _errors = new();
    private readonly Thread[] _readers;

    /// <summary>Starts a program.</summary>
    /// <exception cref="PipelineException">It cannot be started.</exception>
    public ChildProgram(Command command)
    {
        Command = command;
        var start = new ProcessStartInfo(command.File, command.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new PipelineException($"{command.File} cannot be started: {e.Message}", e);
        }
        _readers = [new Thread(ReadLines) { IsBackground = true }, new Thread(ReadErrors) { IsBackground = true }];
        foreach (Thread reader in _readers)
            reader.Start();
    }

    /// <summary>What was started.</summary>
    public Command Command { get; }

    /// <summary>The last lines of its standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    /// <summary>The next line of its output; null when there are no more or time is up.</summary>
    public string? ReadLine(Deadline deadline)
    {
        try
        {
            return _lines.TryTake(out string? line, (int)Math.Min(deadline.Left.TotalMilliseconds, int.MaxValue), deadline.Stop) ? line : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Gives it a line.</summary>
    /// <exception cref="PipelineException">It has ended.</exception>
    public void WriteLine(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException e)
        {
            throw new PipelineException($"{Path.GetFileName(Command.File)} has ended: {Errors}", e);
        }
    }

    /// <summary>Waits for its end; the exit code, or null if time was up before.</summary>
    public int? Wait(Deadline deadline)
    {
        while (!_process.WaitForExit(TimeSpan.FromMilliseconds(50)))
        {
            if (deadline.Over)
                return null;
        }
        _readers[1].Join(); // all that it said is in Errors
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // it ended by itself just now
            }
        }
        _process.WaitForExit();
        foreach (Thread reader in _readers)
            reader.Join();
        _process.Dispose();
        _lines.Dispose();
    }

    private void ReadLines()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
            _lines.Add(line);
        _lines.CompleteAdding();
    }

    private void ReadErrors()
    {
        while (_process.StandardError.ReadLine() is { } line)
        {
            lock (_errors)
            {
                _errors.Enqueue(line);
                if (_errors.Count > KeptErrors)
                    _errors.Dequeue();
            }
        }
    }
}
