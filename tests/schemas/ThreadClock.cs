using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MhcPipeline.Schemas;

/// <summary>The time that this thread has computed, so that other programs on the machine do not count; the time of day where the system does not tell.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Seconds since some moment, to be subtracted from one another on one thread.</summary>
    public static double Seconds => OperatingSystem.IsLinux() && Read(ThreadCpuTime, out Time time) == 0 ? time.Seconds + (time.Nanoseconds * 1e-9) : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
