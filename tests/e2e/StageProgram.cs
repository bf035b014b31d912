using System.Diagnostics;
using System.Text;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>One of the pipeline's programs, started as a user would start it, in the configuration that the tests were built in.</summary>
internal sealed class StageProgram : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private StageProgram(string project, string program, string[] arguments)
    {
        string path = PathOf(project, program);
        // Where the tests themselves run in a shell's background, Ctrl-C's signal is ignored, and children would inherit that: GNU's env undoes it.
        ProcessStartInfo start = OperatingSystem.IsLinux() ? new("env", ["--default-signal=INT", path, .. arguments]) : new(path, arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Append;
        _process.ErrorDataReceived += Append;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where a program lies that is built with the tests.</summary>
    public static string PathOf(string project, string program) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, new DirectoryInfo(AppContext.BaseDirectory).Name, program + (OperatingSystem.IsWindows() ? ".exe" : "")));

    /// <summary>The folder above the tests' that holds <paramref name="file"/>.</summary>
    public static string Root(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, file)))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds {file}.");
    }

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public static StageProgram StartTokenizer(params string[] arguments) => new("MhcPipeline.Tokenizer", "mhc-tokenizer", arguments);

    public static StageProgram StartTrain(params string[] arguments) => new("MhcPipeline.Train", "mhc-train", arguments);

    public static StageProgram StartExport(params string[] arguments) => new("MhcPipeline.Export", "mhc-export", arguments);

    public static StageProgram StartServe(params string[] arguments) => new("MhcPipeline.Serve", "mhc-serve", arguments);

    public static StageProgram StartOrderDesk(params string[] arguments) => new("OrderDesk", "OrderDesk", arguments);

    /// <summary>Waits for the end; fails the test when the exit code is another than <paramref name="exitCode"/>.</summary>
    public string Finish(int exitCode = 0)
    {
        if (!_process.WaitForExit(TimeSpan.FromMinutes(3)))
            throw new InvalidOperationException($"{string.Join(' ', _process.StartInfo.ArgumentList)} did not end:\n{Output}");
        _process.WaitForExit(); // and for the last of its output
        if (_process.ExitCode != exitCode)
            throw new InvalidOperationException($"{string.Join(' ', _process.StartInfo.ArgumentList)} ended with exit code {_process.ExitCode}, not {exitCode}:\n{Output}");
        return Output;
    }

    /// <summary>Waits for the end, which is an exit code of 1 or 2.</summary>
    public void FinishUnsuccessfully()
    {
        if (!_process.WaitForExit(TimeSpan.FromMinutes(3)) || _process.ExitCode is not (1 or 2))
            throw new InvalidOperationException($"{string.Join(' ', _process.StartInfo.ArgumentList)} did not fail:\n{Output}");
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Send("INT");

    /// <summary>Sends a signal by its name; not on Windows, which has no such messages to one other process.</summary>
    public void Send(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.AppendLine(line.Data);
    }
}
