using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Parameters;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Connections;

/// <summary>A connection by kernels against the same connection by tensor operations: the same values and gradients of everything.</summary>
public sealed class StreamKernelTests
{
    public static TheoryData<string, int, int, int, double> Cases()
    {
        var cases = new TheoryData<string, int, int, int, double>();
        foreach (string connection in new[] { "mhc", "hc", "mhc_lite", "identity" })
            foreach (int n in new[] { 1, 2, 3, 4, 8 })
                foreach ((int width, int tokens, double eps) in new[] { (32, 16, 1e-6), (33, 37, 1e-3), (6, 3, 0), (128, 150, 1e-6) })
                    if (connection != "mhc_lite" || n <= 4)
                        cases.Add(connection, n, width, tokens, eps);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_give_the_values_and_gradients_of_tensor_operations(string connection, int n, int width, int tokens, double eps) =>
        Compare(new Case(connection, n, width, tokens, eps));

    [Theory]
    [InlineData("mhc")]
    [InlineData("hc")]
    [InlineData("mhc_lite")]
    [InlineData("identity")]
    public void They_do_where_several_threads_share_the_tokens(string connection) => Compare(new Case(connection, 4, 40, 900, 1e-6));

    [Theory]
    [InlineData("mhc", 1e-6)]
    [InlineData("mhc", 0)]
    [InlineData("mhc_lite", 1e-6)]
    public void They_do_for_sharp_logits(string connection, double eps) => Compare(new Case(connection, 4, 24, 40, eps) { Deviation = 6, Limit = 2e-3 });

    [Theory]
    [InlineData("mhc")]
    [InlineData("hc")]
    [InlineData("mhc_lite")]
    [InlineData("identity")]
    public void They_do_for_large_inputs(string connection) => Compare(new Case(connection, 4, 24, 40, 1e-6) { Size = 1000 });

    [Theory]
    [InlineData("mhc", 2)]
    [InlineData("hc", 3)]
    [InlineData("identity", 100)]
    public void Streams_written_again_give_identical_gradients(string connection, int keepEvery)
    {
        var tested = new Case(connection, 4, 24, 50, 1e-6);
        using var scope = NewDisposeScope();
        float[][] kept = tested.Run(kernels: true), again = tested.Run(kernels: true, keepEvery);
        Assert.Equal(kept.Length, again.Length);
        for (int i = 0; i < kept.Length; i++)
            Assert.Equal(kept[i], again[i]);
    }

    public static TheoryData<string, int, int> NarrowCases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (string connection in new[] { "mhc", "hc", "mhc_lite", "identity" })
            foreach (int n in new[] { 1, 3, 4, 7 })
                foreach (int lanes in new[] { 8, 4, 1 })
                    if (connection != "mhc_lite" || n <= 4)
                        cases.Add(connection, n, lanes);
        return cases;
    }

    [Theory]
    [MemberData(nameof(NarrowCases))]
    public void They_do_on_narrower_machines(string connection, int n, int lanes)
    {
        LanesJobs.Width = lanes;
        try
        {
            Compare(new Case(connection, n, 37, 41, 1e-6));
        }
        finally
        {
            LanesJobs.Width = 0;
        }
    }

    [Fact]
    public void One_thread_gives_the_numbers_of_many()
    {
        var tested = new Case("mhc", 4, 40, 1100, 1e-6);
        using var scope = NewDisposeScope();
        float[][] many = tested.Run(kernels: true);
        KernelThreads.Limit = 1;
        try
        {
            float[][] one = tested.Run(kernels: true);
            for (int i = 0; i < many.Length; i++)
                Assert.Equal(many[i], one[i]);
        }
        finally
        {
            KernelThreads.Limit = 0;
        }
    }

    private static void Compare(Case tested)
    {
        using var scope = NewDisposeScope();
        float[][] composed = tested.Run(kernels: false), fused = tested.Run(kernels: true);
        Assert.Equal(composed.Length, fused.Length);
        for (int i = 0; i < composed.Length; i++)
            Numbers.Close(composed[i], fused[i], tested.LimitOf(tested.Names[i]), tested.Names[i]);
    }

    /// <summary>Two layers of a connection around sublayers that are products with fixed numbers.</summary>
    private sealed record Case(string Connection, int Streams, int Width, int Tokens, double Eps)
    {
        /// <summary>Standard deviation of fn and base.</summary>
        public double Deviation { get; init; } = 1;

        /// <summary>Of the embedding.</summary>
        public double Size { get; init; } = 1;

        /// <summary>Of gradients, relative to each tensor's largest.</summary>
        public double Limit { get; init; } = 2e-4;

        public List<string> Names { get; } = [];

        /// <summary>A scale's gradient is a single sum over all tokens, which loses digits where its terms cancel.</summary>
        public double LimitOf(string name) => name == "output" ? Limit / 10 : name.EndsWith("scale", StringComparison.Ordinal) ? Limit * 10 : Limit;

        /// <summary>The output, then the gradients of the embedding and every parameter, and what observers saw.</summary>
        public float[][] Run(bool kernels, int keepEvery = 1)
        {
            ModelConfig config = TinyModel.Config(Connection) with
            {
                HcMult = Streams,
                HiddenSize = Width,
                HcEps = Eps,
                NumHiddenLayers = 2,
                HcSinkhornIters = 20,
                NumAttentionHeads = 1,
                NumKeyValueHeads = 1,
            };
            ParameterSpec[] specs = [.. ConnectionRegistry.Find(Connection).Parameters(config)];
            using var store = new ParameterStore(specs, CPU);
            int seed = 7;
            using (no_grad())
                foreach (ParameterSpec spec in specs)
                    store.Part(store.Data, spec.Name).copy_(tensor(Numbers.Normal((int)spec.Count, seed++, spec.Name.EndsWith("scale", StringComparison.Ordinal) ? 0.5 : Deviation), [.. spec.Shape]));
            var connection = (StreamConnection)ConnectionRegistry.Find(Connection).Create(config, store);
            (connection.UsesKernels, connection.KeepEvery) = (kernels, keepEvery);

            var seen = new List<float[]>();
            connection.OnMixing = (_, mixing) => seen.Add(Numbers.Of(mixing));
            connection.OnStreams = last => seen.Add(Numbers.Of(last));
            Tensor embedding = tensor(Numbers.Normal(Tokens * Width, 1, Size), [1, Tokens, Width]);
            embedding.requires_grad = true;
            Streams streams = connection.Begin(embedding);
            for (int site = 0; site < 4; site++)
            {
                Tensor factor = tensor(Numbers.Normal(Tokens * Width, 2 + site), [1, Tokens, Width]);
                streams = connection.Around(site, streams, u => u * factor);
            }
            Tensor result = connection.End(streams);
            (result * tensor(Numbers.Normal(Tokens * Width, 3), [1, Tokens, Width])).sum().backward();
            Names.Clear();
            Names.AddRange(["output", "gradient of the embedding", .. specs.Select(spec => "gradient of " + spec.Name), .. seen.Select((_, i) => $"observation {i}")]);
            return [Numbers.Of(result), Numbers.Of(embedding.grad!), .. specs.Select(spec => Numbers.Of(store.Part(store.Gradient, spec.Name))), .. seen];
        }
    }
}
