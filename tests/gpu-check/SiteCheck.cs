using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.GpuCheck;

/// <summary>A site's passes by CUDA kernels, forward and backward, against <see cref="SiteKernel"/> on the CPU, on random numbers.</summary>
/// <param name="Connection">mhc, hc, mhc_lite, identity or head.</param>
/// <param name="Source">What stands before the read.</param>
/// <param name="Type">Of the streams.</param>
/// <param name="Shape">Sizes.</param>
public sealed unsafe record SiteCheck(string Connection, CudaSiteSource Source, CudaStreamType Type, SiteShape Shape)
{
    /// <summary>Sums in float32 whose order differs.</summary>
    private const double SumLimit = 5e-5;

    /// <summary>Every connection, number of streams and type, of widths for fast and plain kernels.</summary>
    public static IEnumerable<SiteCheck> All()
    {
        foreach (string connection in (string[])["mhc", "hc", "mhc_lite", "identity", "head"])
        {
            for (int n = 1; n <= (connection == "mhc_lite" ? MhcLiteMap.MaximumStreams : 8); n++)
            {
                yield return new(connection, CudaSiteSource.Mixes, CudaStreamType.Float32, new(33, n, 40));
                yield return new(connection, CudaSiteSource.Mixes, CudaStreamType.BFloat16, new(41, n, 320));
                yield return new(connection, CudaSiteSource.Mixes, CudaStreamType.Float16, new(41, n, 320));
                yield return new(connection, CudaSiteSource.Gates, CudaStreamType.BFloat16, new(1, n, 96));
                yield return new(connection, CudaSiteSource.Embedding, CudaStreamType.BFloat16, new(130, n, 64));
            }
            yield return new(connection, CudaSiteSource.Mixes, CudaStreamType.BFloat16, new(1000, 4, 2560));
        }
    }

    /// <summary>Runs the kernels and compares.</summary>
    /// <param name="launcher">Runs them.</param>
    /// <param name="memory">What they work on.</param>
    /// <param name="sharedLimit">Shared memory that a block may have.</param>
    /// <param name="seed">Of the numbers.</param>
    public IReadOnlyList<CheckResult> Run(ILauncher launcher, IDeviceMemory memory, int sharedLimit, int seed)
    {
        var options = new MhcOptions(Shape.Streams, 20, 1e-6, 1e-6);
        SiteMap map = Connection switch
        {
            "mhc" => new MhcMap(options),
            "hc" => new HcMap(options),
            "mhc_lite" => new MhcLiteMap(options),
            "identity" => new IdentityMap(options),
            "head" => new HeadMap(options),
            _ => throw new InvalidOperationException($"There is no connection {Connection}."),
        };
        int t = Shape.Tokens, n = Shape.Streams, row = Shape.Flat / map.Groups;
        bool embeds = Source == CudaSiteSource.Embedding;
        int beforeRows = Source switch { CudaSiteSource.Embedding => 0, CudaSiteSource.Gates => n, _ => n * (n + 1) };
        var random = new Random(seed);
        float[] x = Stream(random, embeds ? t * Shape.Width : t * Shape.Flat), output = Stream(random, t * Shape.Width), before = Normal(random, beforeRows * t, 0.5);
        float[] fn = Normal(random, map.Rows * row, 1 / Math.Sqrt(row)), bias = Normal(random, map.Biases), scale = Normal(random, map.Scales);
        float[] givenStreams = Stream(random, t * Shape.Flat), givenWriting = Normal(random, map.WritingRows * t), givenInput = Stream(random, t * Shape.Width);

        // The kernels.
        using var numbers = new StreamNumbers(memory);
        const CudaStreamType single = CudaStreamType.Float32;
        nint stream = numbers.Put(x, Type);
        var from = new CudaBefore
        {
            Embedding = embeds ? stream : 0,
            X = embeds ? 0 : stream,
            Output = embeds ? 0 : numbers.Put(output, Type),
            Writing = embeds ? 0 : numbers.Put(before, single),
            Mixes = Source == CudaSiteSource.Mixes,
        };
        var parameters = new CudaSiteParameters(numbers.Put(fn, single), numbers.Put(bias, single), numbers.Put(scale, single));
        var gradients = new CudaSiteGradients
        {
            Streams = map.Writes ? numbers.Put(givenStreams, Type) : 0,
            Writing = map.Writes ? numbers.Put(givenWriting, single) : 0,
            Input = numbers.Put(givenInput, Type),
            Embedding = embeds ? numbers.Take(x.Length, Type) : 0,
            BeforeX = embeds ? 0 : numbers.Take(x.Length, Type),
            BeforeOutput = embeds ? 0 : numbers.Take(output.Length, Type),
            BeforeWriting = embeds ? 0 : numbers.Take(before.Length, single),
            Fn = numbers.Take(fn.Length, single),
            Bias = numbers.Take(bias.Length, single),
            Scale = numbers.Take(scale.Length, single),
        };
        nint streams = numbers.Take((long)t * Shape.Flat, Type), products = numbers.Take(map.Rows * t * map.Groups, single), roots = numbers.Take(t * map.Groups, single);
        nint writing = map.Writes ? numbers.Take(map.WritingRows * t, single) : 0, input = numbers.Take(t * Shape.Width, Type);
        var site = new CudaSiteKernel(launcher, map, options, Source, Shape, Type, sharedLimit);
        site.Forward(from, parameters, streams, products, roots, writing, input, numbers.Take(site.ForwardWorkspace / sizeof(float), single));
        site.Backward(from, parameters, products, roots, gradients, numbers.Take(site.BackwardWorkspace / sizeof(float), single));
        float[] stored = numbers.Get(streams, t * Shape.Flat, Type);

        // The reference. Its read takes X' as the kernels stored it, so that one rounding of difference there is not another one behind.
        List<CheckResult> results = [];
        double rounding = Type switch { CudaStreamType.BFloat16 => 1.0 / 256, CudaStreamType.Float16 => 1.0 / 2048, _ => 1e-6 };
        float[] written = new float[t * Shape.Flat], whole = new float[t * Shape.Flat], unused = new float[t * Shape.Flat], zero = new float[t * Shape.Flat];
        float[] p = new float[map.Rows * t * map.Groups], r = new float[t * map.Groups], w = new float[map.WritingRows * t], u = new float[t * Shape.Width];
        float[] ofFn = new float[fn.Length], ofBias = new float[bias.Length], ofScale = new float[scale.Length];
        float[] ofX = new float[t * Shape.Flat], ofOutput = new float[t * Shape.Width], ofBefore = new float[beforeRows * t];
        fixed (float* px = x, pf = output, pb = before, pfn = fn, pbias = bias, pscale = scale, py = stored, pzero = zero, pwritten = written)
        fixed (float* pp = p, pr = r, pw = w, pu = u, pwhole = whole, punused = unused, gfn = ofFn, gbias = ofBias, gscale = ofScale)
        fixed (float* gstreams = givenStreams, gwriting = givenWriting, ginput = givenInput, gx = ofX, gf = ofOutput, gb = ofBefore)
        {
            Before made = embeds ? new() { Embedding = px } : new() { X = px, Output = pf, Writing = pb, Mixes = Source == CudaSiteSource.Mixes };
            Before unchanged = new() { X = py, Output = pzero, Writing = pzero };
            SiteKernel.Write(Shape, made, pwritten);
            SiteParameters own = new() { Fn = pfn, Bias = pbias, Scale = pscale };
            SiteKernel.Forward(map, Shape, unchanged, own, punused, pp, pr, pw, pu);
            SiteKernel.Backward(map, Shape, unchanged, own, py, pp, pr, new()
            {
                Streams = map.Writes ? gstreams : null,
                Writing = map.Writes ? gwriting : null,
                Input = ginput,
                BeforeX = pwhole,
                BeforeOutput = punused,
                BeforeWriting = punused,
                Fn = gfn,
                Bias = gbias,
                Scale = gscale,
            });
            // The write's own backward pass: a sum of the streams, of which nothing comes back, stands behind it.
            SiteKernel.Backward(new SumMap(n), Shape, made, default, null, null, null, new() { Streams = pwhole, Input = pzero, Embedding = gf, BeforeX = gx, BeforeOutput = gf, BeforeWriting = gb });
        }
        Compare("X'", written, stored, rounding, 1e-6);
        Compare("products", p, numbers.Get(products, p.Length, single), 0, SumLimit);
        Compare("roots", r, numbers.Get(roots, r.Length, single), 0, SumLimit);
        if (map.Writes)
            Compare("coefficients", w, numbers.Get(writing, w.Length, single), 0, SumLimit);
        Compare("u", u, numbers.Get(input, u.Length, Type), rounding, SumLimit);
        Compare("gradient of fn", ofFn, numbers.Get(gradients.Fn, fn.Length, single), 0, SumLimit);
        Compare("gradient of base", ofBias, numbers.Get(gradients.Bias, bias.Length, single), 0, SumLimit);
        Compare("gradient of scale", ofScale, numbers.Get(gradients.Scale, scale.Length, single), 0, SumLimit);
        if (embeds)
        {
            Compare("gradient of the embedding", ofOutput, numbers.Get(gradients.Embedding, ofOutput.Length, Type), rounding, SumLimit);
        }
        else
        {
            Compare("gradient of X", ofX, numbers.Get(gradients.BeforeX, ofX.Length, Type), rounding, SumLimit);
            Compare("gradient of F", ofOutput, numbers.Get(gradients.BeforeOutput, ofOutput.Length, Type), rounding, SumLimit);
            Compare("gradient of the write's coefficients", ofBefore, numbers.Get(gradients.BeforeWriting, ofBefore.Length, single), 0, SumLimit);
        }
        return results;

        void Compare(string tensor, float[] expected, float[] actual, double relative, double limit)
        {
            double largest = 1e-30, worst = 0;
            for (int i = 0; i < expected.Length; i++)
            {
                largest = Math.Max(largest, Math.Abs(expected[i]));
                double error = Math.Abs((double)expected[i] - actual[i]) - (relative * Math.Abs(expected[i]));
                worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
            }
            results.Add(new(tensor, worst / largest, limit));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Connection}, n {Shape.Streams}, {Type}, {Source}, {Shape.Tokens} tokens of {Shape.Width}";

    private static float[] Normal(Random random, int count, double deviation = 1)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    private float[] Stream(Random random, int count) => StreamNumbers.Rounded(Normal(random, count), Type);
}
