using System.Runtime.InteropServices;

namespace MhcPipeline.Bench;

/// <summary>The machine that figures were taken on.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, operating system, runtime and libtorch, in one line.</summary>
    public static string Describe()
    {
        string? processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        return $"{processor ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, libtorch {TorchSharp.torch.__version__}";
    }
}
