using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Memory;

namespace MhcPipeline.GpuCheck.Sites;

/// <summary>A site on random numbers, by CUDA kernels and by <see cref="SiteKernel"/>, forward and backward.</summary>
/// <param name="map">Of the site that reads.</param>
/// <param name="options">What it was made with.</param>
/// <param name="shape">Sizes.</param>
/// <param name="type">Of the streams.</param>
/// <param name="before">What stands before the read.</param>
/// <param name="sharedLimit">Shared memory of a block.</param>
/// <param name="blocks">Of a launch.</param>
/// <param name="seed">Of the numbers.</param>
internal sealed unsafe class SiteCase(
    SiteMap map, MhcOptions options, SiteShape shape, CudaStreamType type, CudaSiteSource before, int sharedLimit = SiteCase.LargeDevice, int blocks = CudaSiteShape.MostBlocks, int seed = 0)
{
    /// <summary>Shared memory of a block, H100.</summary>
    public const int LargeDevice = 227 * 1024;

    /// <summary>The same of an RTX 4090.</summary>
    public const int SmallDevice = 99 * 1024;

    /// <summary>The limit of gradients beyond the rounding of what is stored, of a tensor's largest value: that of the conformance cases.</summary>
    private const double GradientLimit = 1e-4;

    private readonly int _n = shape.Streams;
    private readonly int _row = shape.Flat / map.Groups;
    private readonly float[] _base = SiteNumbers.Normal(map.Biases, (seed * 31) + 7);
    private readonly float[] _weight = SiteNumbers.Normal(shape.Width, (seed * 31) + 10);
    private readonly float[] _scale = SiteNumbers.Normal(map.Scales, (seed * 31) + 8);

    private float[] Fn { get; } = SiteNumbers.Normal(map.Rows * (shape.Flat / map.Groups), (seed * 31) + 6, 1 / Math.Sqrt(shape.Flat / map.Groups));

    private int BeforeRows => before switch { CudaSiteSource.Embedding => 0, CudaSiteSource.Gates => _n, _ => _n * (_n + 1) };

    private bool HasOutput => before != CudaSiteSource.Embedding;

    /// <summary>Whether the read has the sublayer's norm in it.</summary>
    public bool Norms { get; init; } = true;

    /// <summary>The same limit of what the forward pass writes.</summary>
    public double OutputLimit { get; init; } = 2e-5;

    /// <summary>Whether the backward pass, and the write alone, stay away.</summary>
    public bool ForwardOnly { get; init; }

    /// <summary>Whether the forward pass gets counters, so that few tokens are one launch.</summary>
    public bool Counts { get; init; }

    /// <summary>Whether many tokens are one launch, too.</summary>
    public bool Reuses { get; init; }

    /// <summary>How often the forward pass runs, on the same counters.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Worst errors by the name of what they are in, of limits that a test sets beside them.</summary>
    public List<SiteError> Errors { get; } = [];

    /// <summary>Runs the case by CUDA kernels; all that they wrote.</summary>
    public SiteResults Run(ILauncher launcher, DeviceArrays memory)
    {
        var kernel = new CudaSiteKernel(launcher, map, options, before, shape, type, sharedLimit, blocks) { Reuses = Reuses };
        int t = shape.Tokens;
        Given given = Numbers();
        nint Streams(float[] values) => SiteNumbers.Put(memory, values, type);
        nint Floats(float[] values) => SiteNumbers.Put(memory, values, CudaStreamType.Float32);
        nint EmptyStreams(long count) => memory.Take(count * SiteNumbers.Size(type));
        nint Empty(long count) => memory.Take(count * sizeof(float));

        var source = new CudaBefore
        {
            Embedding = before == CudaSiteSource.Embedding ? Streams(given.X) : 0,
            X = HasOutput ? Streams(given.X) : 0,
            Output = HasOutput ? Streams(given.Output) : 0,
            Writing = HasOutput ? Floats(given.Writing) : 0,
            Mixes = before == CudaSiteSource.Mixes,
        };
        var parameters = new CudaSiteParameters(Floats(Fn), Floats(_base), Floats(_scale));
        nint written = map.Writes ? EmptyStreams((long)t * shape.Flat) : 0, alone = EmptyStreams((long)t * shape.Flat);
        nint products = Empty(map.Rows * t * map.Groups), roots = Empty(map.Rows == 0 ? 0 : t * map.Groups), writing = Empty(map.WritingRows * t), input = EmptyStreams(t * shape.Width);
        if (!ForwardOnly || !map.Writes)
            kernel.Write(source, alone);
        CudaReadNorm norm = Norms ? new(Floats(_weight), EmptyStreams(t * shape.Width), Empty(t), 1e-6f) : default;
        nint workspace = memory.Take(kernel.ForwardWorkspace), counters = Counts ? memory.Take(kernel.CounterBytes) : 0;
        int counted = Counts ? (int)kernel.CounterBytes : 0;
        if (Counts)
            memory.Write(counters, new byte[counted]);
        for (int time = 0; time < Times; time++)
            kernel.Forward(source, parameters, written, products, roots, writing, input, workspace, norm, counters);
        if (Counts && memory.Read(counters, counted).AsSpan().ContainsAnyExcept((byte)0))
            throw new KernelFailureException("a launch left counters that are not 0");

        var gradients = new CudaSiteGradients
        {
            Streams = map.Writes ? Streams(given.OfStreams) : 0,
            Writing = map.Writes ? Floats(given.OfWriting) : 0,
            Input = Streams(given.OfInput),
            Embedding = HasOutput ? 0 : EmptyStreams(t * shape.Width),
            BeforeX = HasOutput ? EmptyStreams((long)t * shape.Flat) : 0,
            BeforeOutput = HasOutput ? EmptyStreams(t * shape.Width) : 0,
            BeforeWriting = HasOutput ? Empty(BeforeRows * t) : 0,
            Fn = Empty(Fn.Length),
            Bias = Empty(map.Biases),
            Scale = Empty(map.Scales),
        };
        if (!ForwardOnly)
            kernel.Backward(source, parameters, products, roots, gradients, memory.Take(kernel.BackwardWorkspace));
        memory.Check();
        return new()
        {
            Alone = SiteNumbers.Get(memory, alone, t * shape.Flat, type),
            Written = map.Writes ? SiteNumbers.Get(memory, written, t * shape.Flat, type) : SiteNumbers.Get(memory, alone, t * shape.Flat, type),
            Products = SiteNumbers.Get(memory, products, map.Rows * t * map.Groups, CudaStreamType.Float32),
            Roots = SiteNumbers.Get(memory, roots, map.Rows == 0 ? 0 : t * map.Groups, CudaStreamType.Float32),
            Writing = SiteNumbers.Get(memory, writing, map.WritingRows * t, CudaStreamType.Float32),
            Input = SiteNumbers.Get(memory, input, t * shape.Width, type),
            Normed = Norms ? SiteNumbers.Get(memory, norm.Normed, t * shape.Width, type) : [],
            NormRoots = Norms ? SiteNumbers.Get(memory, norm.Roots, t, CudaStreamType.Float32) : [],
            OfEmbedding = HasOutput ? [] : SiteNumbers.Get(memory, gradients.Embedding, t * shape.Width, type),
            OfX = HasOutput ? SiteNumbers.Get(memory, gradients.BeforeX, t * shape.Flat, type) : [],
            OfOutput = HasOutput ? SiteNumbers.Get(memory, gradients.BeforeOutput, t * shape.Width, type) : [],
            OfBefore = HasOutput ? SiteNumbers.Get(memory, gradients.BeforeWriting, BeforeRows * t, CudaStreamType.Float32) : [],
            OfFn = SiteNumbers.Get(memory, gradients.Fn, Fn.Length, CudaStreamType.Float32),
            OfBase = SiteNumbers.Get(memory, gradients.Bias, map.Biases, CudaStreamType.Float32),
            OfScale = SiteNumbers.Get(memory, gradients.Scale, map.Scales, CudaStreamType.Float32),
        };
    }

    /// <summary>Compares results with <see cref="SiteKernel"/>'s on the same rounded streams: X' as the kernels stored it goes into its read.</summary>
    public void Compare(SiteResults actual)
    {
        Given given = Numbers();
        int t = shape.Tokens;
        double stored = type switch { CudaStreamType.BFloat16 => 1.0 / 256, CudaStreamType.Float16 => 1.0 / 2048, _ => 1e-6 };
        float[] x = new float[t * shape.Flat], products = new float[map.Rows * t * map.Groups], roots = new float[t * map.Groups], writing = new float[map.WritingRows * t];
        float[] input = new float[t * shape.Width], g = new float[t * shape.Flat], zeros = new float[t * shape.Flat], ofFn = new float[Fn.Length], ofBase = new float[map.Biases], ofScale = new float[map.Scales];
        float[] ofX = new float[t * shape.Flat], ofOutput = new float[t * shape.Width], ofBefore = new float[BeforeRows * t], nowhere = new float[t * shape.Flat];
        fixed (float* px = x, pp = products, pr = roots, pw = writing, pu = input, pg = g, zero = zeros, pfn = Fn, pbase = _base, pscale = _scale)
        fixed (float* pgfn = ofFn, pgb = ofBase, pgs = ofScale, gx = given.X, gf = given.Output, gq = given.Writing, y = actual.Written, copy = nowhere)
        fixed (float* gs = given.OfStreams, gw = given.OfWriting, gu = given.OfInput, pgx = ofX, pgf = ofOutput, pgq = ofBefore)
        {
            Before source = HasOutput ? new() { X = gx, Output = gf, Writing = gq, Mixes = before == CudaSiteSource.Mixes } : new() { Embedding = gx };
            SiteKernel.Write(shape, source, px);
            if (!ForwardOnly)
                Within("X' alone", x, actual.Alone, stored, 1e-6);
            Within("X'", x, actual.Written, stored, 1e-6);
            var parameters = new SiteParameters { Fn = pfn, Bias = pbase, Scale = pscale };
            var unchanged = new Before { X = y, Output = zero, Writing = zero, Mixes = false };
            SiteKernel.Forward(map, shape, unchanged, parameters, copy, pp, pr, pw, pu);
            Within("products", products, actual.Products, 0, OutputLimit);
            if (map.Rows > 0)
                Within("roots", roots, actual.Roots, 0, OutputLimit);
            Within("coefficients", writing, actual.Writing, 0, OutputLimit);
            Within("u", input, actual.Input, stored, OutputLimit);
            if (Norms)
                Norm(actual, stored);
            if (ForwardOnly)
                return;
            SiteKernel.Backward(map, shape, unchanged, parameters, y, pp, pr, new()
            {
                Streams = map.Writes ? gs : null,
                Writing = map.Writes ? gw : null,
                Input = gu,
                BeforeX = pg,
                BeforeOutput = copy,
                BeforeWriting = copy,
                Fn = pgfn,
                Bias = pgb,
                Scale = pgs,
            });
            Within("fn's gradient", ofFn, actual.OfFn, 0, GradientLimit);
            Within("base's gradient", ofBase, actual.OfBase, 0, GradientLimit);
            Within("scale's gradient", ofScale, actual.OfScale, 0, GradientLimit);
            // A sum of streams whose gradient is zero: what is left is the write's own backward pass.
            SiteKernel.Backward(new SumMap(_n), shape, source, default, null, null, null, new()
            {
                Streams = pg,
                Input = zero,
                Embedding = pgf,
                BeforeX = pgx,
                BeforeOutput = pgf,
                BeforeWriting = pgq,
            });
            if (HasOutput)
            {
                Within("X's gradient", ofX, actual.OfX, stored, GradientLimit);
                Within("F's gradient", ofOutput, actual.OfOutput, stored, GradientLimit);
                Within("gradients of the write's coefficients", ofBefore, actual.OfBefore, 0, GradientLimit);
            }
            else
            {
                Within("the embedding's gradient", ofOutput, actual.OfEmbedding, stored, GradientLimit);
            }
        }
    }

    /// <summary>The sublayer's norm of u as it was stored.</summary>
    private void Norm(SiteResults actual, double stored)
    {
        float[] roots = new float[shape.Tokens], normed = new float[actual.Input.Length];
        for (int t = 0; t < shape.Tokens; t++)
        {
            ReadOnlySpan<float> u = actual.Input.AsSpan(t * shape.Width, shape.Width);
            double square = 0;
            foreach (float value in u)
                square += (double)value * value;
            roots[t] = (float)(1 / Math.Sqrt((square / shape.Width) + 1e-6));
            for (int c = 0; c < shape.Width; c++)
                normed[(t * shape.Width) + c] = u[c] * roots[t] * _weight[c];
        }
        Within("the norm's roots", roots, actual.NormRoots, 0, OutputLimit);
        Within("normed u", normed, actual.Normed, stored, OutputLimit);
    }

    private Given Numbers()
    {
        int t = shape.Tokens;
        return new()
        {
            X = SiteNumbers.Rounded(SiteNumbers.Normal(t * (before == CudaSiteSource.Embedding ? shape.Width : shape.Flat), (seed * 31) + 1), type),
            Output = SiteNumbers.Rounded(SiteNumbers.Normal(t * shape.Width, (seed * 31) + 2), type),
            Writing = SiteNumbers.Normal(BeforeRows * t, (seed * 31) + 3, 0.5),
            OfStreams = SiteNumbers.Rounded(SiteNumbers.Normal(t * shape.Flat, (seed * 31) + 4), type),
            OfWriting = SiteNumbers.Normal(map.WritingRows * t, (seed * 31) + 5),
            OfInput = SiteNumbers.Rounded(SiteNumbers.Normal(t * shape.Width, (seed * 31) + 9), type),
        };
    }

    /// <summary>Every number within relative |expected| + absolute times the largest.</summary>
    private void Within(string name, float[] expected, float[] actual, double relative, double absolute)
    {
        double largest = expected.Length == 0 ? 0 : expected.Max(Math.Abs), worst = 0;
        for (int k = 0; k < expected.Length; k++)
        {
            double error = Math.Abs((double)expected[k] - actual[k]) - (relative * Math.Abs(expected[k]));
            worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error / Math.Max(largest, 1e-30));
        }
        Errors.Add(new(name, worst, absolute));
    }

    private sealed class Given
    {
        public required float[] X { get; init; }

        public required float[] Output { get; init; }

        public required float[] Writing { get; init; }

        public required float[] OfStreams { get; init; }

        public required float[] OfWriting { get; init; }

        public required float[] OfInput { get; init; }
    }
}
