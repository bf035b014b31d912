using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>Every map's site: forward, backward with its streams kept and written again, and the write alone.</summary>
internal static unsafe class SiteCases
{
    private static readonly (string Name, int MostStreams, Func<MhcOptions, SiteMap> Map)[] _maps =
    [
        ("mhc", 8, options => new MhcMap(options)), ("mhc_lite", 4, options => new MhcLiteMap(options)), ("identity", 8, options => new IdentityMap(options)),
        ("hc", 8, options => new HcMap(options)), ("head", 8, options => new HeadMap(options)), ("sum", 8, options => new SumMap(options.Streams)),
    ];

    private enum Start
    {
        Embedding,
        SummedEmbedding, // with fn summed over the streams
        WriteToEmbedding,
        Write,
        WriteOfIdentity,
    }

    public static IEnumerable<GuardedCase> All() =>
        Sites().Append(new("a write past the caches, n 8, 1025 tokens of 1024", memory => Write(memory, new SiteShape(1025, 8, 1024))));

    private static IEnumerable<GuardedCase> Sites() =>
        from map in _maps
        from streams in Enumerable.Range(1, map.MostStreams)
        from size in GuardedSizes.Pairs(streams)
            .Append((521, 3)) // two parts
        from start in Enum.GetValues<Start>()
        where start != Start.SummedEmbedding || map.Name is not ("head" or "sum")
        let options = new MhcOptions(streams, Iterations: 1 + (streams % 3), Eps: size.Item1 % 2 == 0 ? 0 : 1e-6, NormEps: 1e-6)
        select new GuardedCase($"{map.Name}, n {streams}, {size.Item1} tokens of {size.Item2}, {start}", memory => Run(memory, map.Map(options), new SiteShape(size.Item1, streams, size.Item2), start));

    private static void Run(CaseMemory memory, SiteMap map, SiteShape shape, Start start)
    {
        (int tokens, int n, int width) = shape;
        int flat = tokens * shape.Flat;
        bool summed = start == Start.SummedEmbedding, equal = summed || start is Start.Embedding or Start.WriteToEmbedding;
        bool writes = start is Start.WriteToEmbedding or Start.Write or Start.WriteOfIdentity, mixes = writes && start != Start.WriteOfIdentity;
        int groups = summed ? 1 : map.Groups, fnWidth = summed ? width : shape.Flat / map.Groups;
        float* x = memory.Given(equal ? "embedding" : "X", equal ? tokens * width : flat);
        var before = new Before
        {
            Embedding = equal ? x : null,
            X = equal ? null : x,
            Output = writes ? memory.Given("output", tokens * width) : null,
            Writing = writes ? memory.Given("writing before", tokens * (mixes ? n * (n + 1) : n)) : null,
            Mixes = mixes,
        };
        var parameters = new SiteParameters { Fn = memory.Given("fn", map.Rows * fnWidth, 0.3f), Bias = memory.Given("base", map.Biases), Scale = memory.Given("scale", map.Scales), Summed = summed };
        float* streams = map.Writes && !summed ? memory.Written("streams", flat) : null;
        float* products = memory.Written("products", map.Rows * tokens * groups), roots = memory.Written("roots", map.Rows == 0 ? 0 : tokens * groups);
        float* writing = map.Writes ? memory.Written("writing", map.WritingRows * tokens) : null, input = memory.Written("input", tokens * width);
        memory.Step("forward");
        SiteKernel.Forward(map, shape, before, parameters, streams, products, roots, writing, input);
        if (summed)
            return;
        float* written = memory.Written("streams of the write alone", flat);
        memory.Step("write");
        SiteKernel.Write(shape, before, written);
        if (start == Start.WriteToEmbedding)
            return; // of the forward pass alone
        if (streams != null)
        {
            SiteGradients kept = Gradients(memory, map, shape, before);
            memory.Step("backward");
            SiteKernel.Backward(map, shape, before, parameters, streams, products, roots, kept);
        }
        SiteGradients again = Gradients(memory, map, shape, before);
        memory.Step("backward, streams written again");
        SiteKernel.Backward(map, shape, before, parameters, null, products, roots, again);
    }

    private static void Write(CaseMemory memory, SiteShape shape)
    {
        (int tokens, int n, int width) = shape;
        float* x = memory.Given("X", tokens * shape.Flat), output = memory.Given("output", tokens * width), writing = memory.Given("writing before", tokens * n * (n + 1));
        float* written = memory.Written("streams", tokens * shape.Flat);
        memory.Step("write");
        SiteKernel.Write(shape, new Before { X = x, Output = output, Writing = writing, Mixes = true }, written);
    }

    private static SiteGradients Gradients(CaseMemory memory, SiteMap map, SiteShape shape, Before before)
    {
        (int tokens, int n, int width) = shape;
        int flat = tokens * shape.Flat;
        return new SiteGradients
        {
            Streams = map.Writes ? memory.Given("gradient of streams", flat) : null,
            Writing = map.Writes ? memory.Given("gradient of writing", map.WritingRows * tokens) : null,
            Input = memory.Given("gradient of input", tokens * width),
            Embedding = before.Embedding != null ? memory.Written("gradient of embedding", tokens * width) : null,
            BeforeX = before.X != null ? memory.Written("gradient of X", flat) : null,
            BeforeOutput = before.Output != null ? memory.Written("gradient of output", tokens * width) : null,
            BeforeWriting = before.Output != null ? memory.Written("gradient of writing before", tokens * before.Rows(n)) : null,
            Fn = memory.Written("gradient of fn", map.Rows * shape.Flat / map.Groups),
            Bias = memory.Written("gradient of base", map.Biases),
            Scale = memory.Written("gradient of scale", map.Scales),
        };
    }
}
