using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Programs;

/// <summary>Lets Ctrl-C, SIGTERM and SIGHUP ask the program's work to stop. A second one ends the process at once, as if nobody listened.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public StopSignals() => _registrations =
    [
        On(PosixSignal.SIGINT, Programs.ExitCode.Interrupted),
        On(PosixSignal.SIGTERM, Programs.ExitCode.Terminated),
        On(PosixSignal.SIGHUP, Programs.ExitCode.HungUp),
    ];

    /// <summary>Asks to stop.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>That of the first signal; 0 while there was none.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0;
        if (context.Cancel)
            _stop.Cancel();
    });
}
