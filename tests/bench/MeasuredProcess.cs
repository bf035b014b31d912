using System.Diagnostics;
using System.Text;

namespace MhcPipeline.Bench;

/// <summary>A process whose wall time, output and peak resident memory are recorded.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private readonly Process _process;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly StringBuilder _output = new();
    private readonly Timer _memory;
    private long _peak;

    private MeasuredProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _memory = new Timer(_ => SampleMemory(), null, 0, 100);
    }

    public TimeSpan Elapsed => _watch.Elapsed;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The system's own high-water mark of resident memory, read every 100 ms while the process lived.</summary>
    public long PeakBytes
    {
        get
        {
            SampleMemory();
            return Interlocked.Read(ref _peak);
        }
    }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public static MeasuredProcess Start(string program, IEnumerable<string> arguments) =>
        new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!);

    public void Wait()
    {
        _process.WaitForExit();
        _watch.Stop();
    }

    public void Stop()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Stop();
        _memory.Dispose();
        _process.Dispose();
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.AppendLine(line.Data);
    }

    private void SampleMemory()
    {
        try
        {
            _process.Refresh();
            _peak = Math.Max(_peak, _process.PeakWorkingSet64);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // the process has just ended: the last sample stands
        }
    }
}
