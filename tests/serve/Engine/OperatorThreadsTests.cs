using MhcPipeline.Core;
using MhcPipeline.Engine.Model;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

public sealed class OperatorThreadsTests : IDisposable
{
    private readonly string _topology = Directory.CreateTempSubdirectory("mhc-topology-").FullName;

    [Theory]
    [InlineData("0-1", "0-1", "2-3", "2-3", 16, 2)] // two threads a core
    [InlineData("0", "1", "2", "3", 16, 4)]
    [InlineData("0", "1", "2", "3", 3, 3)] // a container with a share of the machine
    public void One_a_physical_core_and_no_more_than_the_process_has_processors(string cpu0, string cpu1, string cpu2, string cpu3, int processors, int expected)
    {
        string[] siblings = [cpu0, cpu1, cpu2, cpu3];
        for (int cpu = 0; cpu < siblings.Length; cpu++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_topology, $"cpu{cpu}", "topology")).FullName;
            File.WriteAllText(Path.Combine(folder, "thread_siblings_list"), siblings[cpu] + "\n");
        }
        Directory.CreateDirectory(Path.Combine(_topology, "cpufreq")); // is no processor
        Assert.Equal(expected, OperatorThreads.Cores(_topology, processors));
    }

    [Fact]
    public void Where_the_system_does_not_tell_one_a_processor()
    {
        Assert.Equal(6, OperatorThreads.Cores(_topology, 6));
        Assert.Equal(6, OperatorThreads.Cores(Path.Combine(_topology, "missing"), 6));
    }

    [Fact]
    public void A_very_small_model_gets_one()
    {
        var config = new ModelConfig
        {
            HiddenSize = 128,
            IntermediateSize = 352,
            NumHiddenLayers = 3,
            NumAttentionHeads = 4,
            NumKeyValueHeads = 4,
            MaxPositionEmbeddings = 512,
            VocabSize = 640,
        };
        Assert.Equal(1, OperatorThreads.For(config));
        Assert.InRange(OperatorThreads.For(config with { HiddenSize = 768, IntermediateSize = 2048 }), 1, Environment.ProcessorCount);
    }

    public void Dispose() => Directory.Delete(_topology, recursive: true);
}
