using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Conformance;

/// <summary>One site by the fused kernels, on plain arrays: its read, its write, and the gradients of both.</summary>
/// <param name="map">The connection's, or the head's.</param>
/// <param name="shape">Sizes.</param>
internal sealed unsafe class KernelSite(SiteMap map, SiteShape shape)
{
    private readonly float[] _nothing = new float[shape.Tokens * shape.Flat]; // for a write that changes nothing: post 0, H_res = I, F = 0
    private readonly float[] _products = new float[map.Rows * map.Groups * shape.Tokens];
    private readonly float[] _roots = new float[shape.Tokens * map.Groups];
    private readonly float[] _writing = new float[map.WritingRows * shape.Tokens];

    public required float[] Streams { get; init; }

    public required float[] Fn { get; init; }

    public required float[] Bias { get; init; }

    public required float[] Scale { get; init; }

    /// <summary>post of every token, [T,n].</summary>
    public float[] Post() => TokensFirst(0, shape.Streams);

    /// <summary>comb of every token, [T,n,n].</summary>
    public float[] Comb() => TokensFirst(shape.Streams, shape.Streams * shape.Streams);

    /// <summary>u [T,C].</summary>
    public float[] Read()
    {
        float[] input = new float[shape.Tokens * shape.Width], copy = new float[Streams.Length];
        fixed (float* x = Streams, y = copy, zero = _nothing, p = _products, r = _roots, w = _writing, u = input)
        fixed (float* fn = Fn, bias = Bias, scale = Scale)
            SiteKernel.Forward(map, shape, Unchanged(x, zero), new() { Fn = fn, Bias = bias, Scale = scale }, map.Writes ? y : null, p, r, w, u);
        return input;
    }

    /// <summary>X' [T,n,C]; after <see cref="Read"/>.</summary>
    public float[] Write(float[] output)
    {
        float[] written = new float[Streams.Length];
        fixed (float* x = Streams, f = output, w = _writing, y = written)
            SiteKernel.Write(shape, new() { X = x, Output = f, Writing = w, Mixes = map.Mixes }, y);
        return written;
    }

    /// <summary>Gradients of streams, fn, base, scale and the sublayer's output; after <see cref="Read"/>.</summary>
    /// <param name="output">The sublayer's output [T,C]; null for the head.</param>
    /// <param name="ofWritten">Gradient of X' [T,n,C]; null for the head.</param>
    /// <param name="ofInput">Gradient of u [T,C].</param>
    public (float[] Streams, float[] Fn, float[] Bias, float[] Scale, float[] Output) Backward(float[]? output, float[]? ofWritten, float[] ofInput)
    {
        float[] ofStreams = new float[Streams.Length], ofX = new float[Streams.Length], ofOutput = new float[ofInput.Length], ofWriting = new float[_writing.Length];
        float[] ofNoOutput = new float[shape.Tokens * shape.Width], ofNoWriting = new float[shape.Streams * shape.Tokens]; // of the write that changes nothing
        float[] ofFn = new float[Fn.Length], ofBias = new float[Bias.Length], ofScale = new float[Scale.Length];
        fixed (float* x = Streams, zero = _nothing, p = _products, r = _roots, w = _writing, f = output, gy = ofWritten, gu = ofInput)
        fixed (float* fn = Fn, bias = Bias, scale = Scale, gx = ofX, gf = ofOutput, gw = ofWriting, gs = ofStreams, gnf = ofNoOutput, gnw = ofNoWriting, gfn = ofFn, gbias = ofBias, gscale = ofScale)
        {
            if (map.Writes)
            {
                // A sum of streams whose gradient is zero: what is left is the write's own backward pass.
                var write = new SiteGradients { Streams = gy, Input = zero, BeforeX = gx, BeforeOutput = gf, BeforeWriting = gw };
                SiteKernel.Backward(new SumMap(shape.Streams), shape, new() { X = x, Output = f, Writing = w, Mixes = map.Mixes }, default, null, null, null, write);
            }
            var read = new SiteGradients
            {
                Streams = map.Writes ? gx : null,
                Writing = map.Writes ? gw : null,
                Input = gu,
                BeforeX = gs,
                BeforeOutput = gnf,
                BeforeWriting = gnw,
                Fn = gfn,
                Bias = gbias,
                Scale = gscale,
            };
            SiteKernel.Backward(map, shape, Unchanged(x, zero), new() { Fn = fn, Bias = bias, Scale = scale }, x, p, r, read);
        }
        return (ofStreams, ofFn, ofBias, ofScale, ofOutput);
    }

    private static Before Unchanged(float* streams, float* zero) => new() { X = streams, Output = zero, Writing = zero, Mixes = false };

    private float[] TokensFirst(int row, int count)
    {
        float[] result = new float[count * shape.Tokens];
        for (int t = 0; t < shape.Tokens; t++)
            for (int k = 0; k < count; k++)
                result[(t * count) + k] = _writing[((row + k) * shape.Tokens) + t];
        return result;
    }
}
