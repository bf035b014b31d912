using MhcPipeline.Core;

namespace MhcPipeline.Engine.Model;

/// <summary>
/// How many threads ONNX Runtime gets where nobody says. Its own choice fixes each thread to a processor, and the engine's thread, which works with
/// them, may then be found on one of these: with 6 layers of 384 in float32 a step took 1.61 ms instead of 1.26 on two cores.
/// </summary>
internal static class OperatorThreads
{
    private const string Topology = "/sys/devices/system/cpu";

    /// <summary>
    /// Weights of a layer's largest product below which one token's share for a second thread takes less time than waking it: with 90,000 (128 wide) a step on
    /// two threads took 10 to 45 % longer, with 200,000 (192 wide) 10 to 20 % less.
    /// </summary>
    private const long WorthSharing = 140_000;

    /// <summary>Threads of an operator.</summary>
    public static int For(ModelConfig config) => 2L * config.HiddenSize * config.IntermediateSize < WorthSharing ? 1 : Cores(Topology, Environment.ProcessorCount);

    /// <summary>Physical cores, at most as many as the process has processors: two threads of one core share its arithmetic.</summary>
    internal static int Cores(string topology, int processors)
    {
        if (!Directory.Exists(topology))
        {
            return processors; // not Linux
        }
        int cores = Directory.EnumerateDirectories(topology, "cpu*")
            .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
            .Where(File.Exists)
            .Select(file => File.ReadAllText(file).Trim())
            .Distinct().Count();
        return cores == 0 ? processors : Math.Min(cores, processors);
    }
}
