namespace MhcPipeline.Core.Programs;

/// <summary>What the exit codes of all programs mean; a stop is 128 and the signal's number, as shells have it.</summary>
public static class ExitCode
{
    /// <summary>All that was asked for is done.</summary>
    public const int Done = 0;

    /// <summary>It could not be done; the reason is on stderr.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was begun.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped since its terminal was closed (SIGHUP).</summary>
    public const int HungUp = 129;

    /// <summary>Stopped by Ctrl-C (SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
