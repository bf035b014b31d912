using System.Globalization;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.Fixtures;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>The reference cases of tests/conformance, whose values were computed in float64, by the plain kernels on float32 streams.</summary>
public sealed class ConformanceTests
{
    private const double OutputLimit = 2e-5, GradientLimit = 1e-4;

    public static TheoryData<string> Cases { get; } =
        [.. Directory.EnumerateFiles(RepositoryFiles.Cases, "*.safetensors").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [HostTheory]
    [MemberData(nameof(Cases))]
    public void A_reference_case_fits(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(RepositoryFiles.Case(name));
        double Number(string key, double otherwise) => file.Metadata.TryGetValue(key, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        var options = new MhcOptions((int)Number("n", 0), (int)Number("sinkhorn_iters", 1), Number("hc_eps", 0), Number("norm_eps", 0));
        SiteMap map = Connections.Map(file.Metadata["kind"] == "mhc_head" ? "head" : file.Metadata["kind"], options);
        IReadOnlyList<long> sizes = file.Tensor("streams").Shape; // [..., n, C]
        var shape = new SiteShape((int)sizes.SkipLast(2).Aggregate(1L, (product, size) => product * size), map.Streams, (int)sizes[^1]);

        var errors = new List<(string Name, double Error)>();
        void Fit(string tensor, float[] actual, double limit)
        {
            float[] expected = file.ReadFloat32(tensor);
            double largest = expected.Max(Math.Abs), worst = expected.Zip(actual, (a, b) => float.IsNaN(b) ? double.PositiveInfinity : Math.Abs((double)a - b)).Max() / largest;
            if (expected.Length != actual.Length || worst > limit)
                errors.Add((tensor, worst));
        }

        Run(file, map, options, shape, Fit);
        Assert.Empty(errors);
    }

    private static void Run(SafetensorsFile file, SiteMap map, MhcOptions options, SiteShape shape, Action<string, float[], double> fit)
    {
        int t = shape.Tokens, n = shape.Streams, flat = t * shape.Flat, wide = t * shape.Width, fn = map.Rows * shape.Flat / map.Groups;
        using var memory = new HostMemory();
        nint Put(float[] values) => SiteNumbers.Put(memory, values, CudaStreamType.Float32);
        nint Given(string name) => Put(file.ReadFloat32(name));
        nint Take(int count) => memory.Take(count * sizeof(float));
        float[] Get(nint start, int count) => SiteNumbers.Get(start, count, CudaStreamType.Float32);
        CudaSiteKernel Kernel(SiteMap own, CudaSiteSource source) => new(new HostLauncher(lastFirst: true), own, options, source, shape, CudaStreamType.Float32, SiteCase.LargeDevice);

        // The read: before it stands a write that changes nothing, post 0, comb = I, F = 0.
        nint streams = Given("streams"), zeros = Put(new float[flat]), products = Take(map.Rows * map.Groups * t), roots = Take(map.Groups * t), writing = Take(map.WritingRows * t), input = Take(wide);
        var unchanged = new CudaBefore { X = streams, Output = zeros, Writing = zeros, Mixes = false };
        var parameters = new CudaSiteParameters(Given("fn"), Given("base"), Given("scale"));
        CudaSiteKernel read = Kernel(map, CudaSiteSource.Gates);
        read.Forward(unchanged, parameters, 0, products, roots, writing, input, 0);
        fit(map.Writes ? "sublayer_input" : "output", Get(input, wide), OutputLimit);

        nint ofX = 0, ofWriting = 0;
        if (map.Writes)
        {
            float[] rows = Get(writing, map.WritingRows * t);
            fit("post", TokensFirst(rows, 0, n, t), OutputLimit);
            if (map.Mixes)
                fit("comb", TokensFirst(rows, n, n * n, t), OutputLimit);
            // The write, and its backward pass: a sum of streams whose gradient is zero stands behind it.
            var write = new CudaBefore { X = streams, Output = Given("sublayer_output"), Writing = writing, Mixes = map.Mixes };
            CudaSiteKernel sum = Kernel(new SumMap(n), map.Mixes ? CudaSiteSource.Mixes : CudaSiteSource.Gates);
            nint written = Take(flat), ofOutput = Take(wide);
            (ofX, ofWriting) = (Take(flat), Take(map.WritingRows * t));
            sum.Write(write, written);
            fit("streams_out", Get(written, flat), OutputLimit);
            sum.Backward(write, default, 0, 0, new() { Streams = Given("grad_streams_out"), Input = zeros, BeforeX = ofX, BeforeOutput = ofOutput, BeforeWriting = ofWriting }, memory.Take(sum.BackwardWorkspace));
            fit("grad_sublayer_output", Get(ofOutput, wide), GradientLimit);
        }
        var gradients = new CudaSiteGradients
        {
            Streams = ofX,
            Writing = ofWriting,
            Input = Given(map.Writes ? "grad_sublayer_input" : "grad_output"),
            BeforeX = Take(flat),
            BeforeOutput = Take(wide),
            BeforeWriting = Take(n * t),
            Fn = Take(fn),
            Bias = Take(map.Biases),
            Scale = Take(map.Scales),
        };
        read.Backward(unchanged, parameters, products, roots, gradients, memory.Take(read.BackwardWorkspace));
        fit("grad_streams", Get(gradients.BeforeX, flat), GradientLimit);
        fit("grad_fn", Get(gradients.Fn, fn), GradientLimit);
        fit("grad_base", Get(gradients.Bias, map.Biases), GradientLimit);
        fit("grad_scale", Get(gradients.Scale, map.Scales), GradientLimit);
        memory.Check();
    }

    private static float[] TokensFirst(float[] rows, int first, int count, int tokens) =>
        [.. Enumerable.Range(0, tokens).SelectMany(token => Enumerable.Range(first, count).Select(row => rows[(row * tokens) + token]))];
}
