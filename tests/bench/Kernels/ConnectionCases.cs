using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Parameters;
using static TorchSharp.torch;

namespace MhcPipeline.Bench.Kernels;

/// <summary>The kernels of the hyper-connections: two sites and the head of every connection, and the write alone, which memory bounds.</summary>
internal static class ConnectionCases
{
    private const int Streams = 4, Batch = 4, Sequence = 256, Width = 384;

    public static IEnumerable<KernelCase> All() =>
        [.. ConnectionRegistry.Names.Where(name => ConnectionRegistry.Find(name).Map is not null).Select(Sites), Write(tokens: 4096, width: 1024)];

    /// <summary>Forward and backward through a layer's two sites and the end of the streams, with sublayers that do nothing.</summary>
    private static KernelCase Sites(string connection)
    {
        var config = new ModelConfig
        {
            Connection = connection,
            HcMult = Streams,
            HiddenSize = Width,
            IntermediateSize = Width,
            NumHiddenLayers = 1,
            NumAttentionHeads = 1,
            NumKeyValueHeads = 1,
            MaxPositionEmbeddings = Sequence,
            VocabSize = 1,
        };
        var store = new ParameterStore(ConnectionRegistry.Find(connection).Parameters(config), CPU);
        using var draws = new Generator(1);
        store.Initialise(draws);
        StreamConnection composed = Create(), fused = Create();
        composed.UsesKernels = false;
        Tensor embedding = randn([Batch, Sequence, Width], requires_grad: true), gradient = randn(Batch, Sequence, Width);
        return new($"sites_{connection}", () => Pass(composed), () => Pass(fused));

        StreamConnection Create() => (StreamConnection)ConnectionRegistry.Find(connection).Create(config, store);

        void Pass(StreamConnection sites)
        {
            using var pass = NewDisposeScope();
            Streams streams = sites.Begin(embedding);
            for (int site = 0; site < 2; site++)
                streams = sites.Around(site, streams, u => u);
            sites.End(streams).backward([gradient]);
        }
    }

    /// <summary>X' = post F + comb^T X, forward only.</summary>
    private static KernelCase Write(int tokens, int width)
    {
        const int n = Streams;
        Tensor x = randn(1, tokens, n, width), output = randn(1, tokens, width), post = rand(1, tokens, n), comb = rand(1, tokens, n, n), written = empty(x.shape);
        Tensor writing = cat([post.view(tokens, n), comb.view(tokens, n * n)], dim: 1).t().contiguous(); // [rows,T]
        var shape = new SiteShape(tokens, n, width);
        var map = new SumMap(n);
        var coefficients = new MixingCoefficients(post, post, comb);
        return new("write", () =>
        {
            using var frozen = no_grad();
            using var scope = NewDisposeScope();
            MhcComposed.Write(x, coefficients, output);
        }, () =>
        {
            HostSites.Instance.Write(map, shape, new SiteBefore(null, x.view(tokens, n, width), output, writing), written);
        }, Bytes: sizeof(float) * (long)tokens * width * ((2 * n) + 1)); // reads the streams and the output, writes the streams
    }
}
