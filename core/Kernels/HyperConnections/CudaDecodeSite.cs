using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The forward pass of few tokens in one launch: streams of 32 m columns, bf16 or float32.</summary>
internal sealed class CudaDecodeSite(ILauncher launcher, SiteMap map, MhcOptions options, SiteShape shape, CudaSiteSource source, CudaStreamType type, int blocks)
{
    /// <summary>The most tokens that a launch takes: a thread has 16 bytes of a slice's columns of a token.</summary>
    public const int MaximumTokens = 32;

    /// <summary>Numbers that blocks share, 0 before and after a launch.</summary>
    public const int Counters = 3;

    private const int Warps = 8;

    private readonly CudaProgram _program = CudaSitePrograms.Decode(map, source, type);
    private readonly CudaMapNumbers _numbers = CudaMapNumbers.Of(map, options);

    /// <summary>Floats that <see cref="Forward"/> works in: slices' sums, and X' where nobody takes it.</summary>
    public long Floats => PartialFloats + ((long)shape.Tokens * shape.Flat * type.Bytes() / sizeof(float));

    private static int SumsOf(SiteMap map) => map.Groups * (map.Rows + 1);

    private int Slices => shape.Width / CudaSiteShape.Columns;

    /// <summary>Whole vectors, so that X' behind it lies where vectors may.</summary>
    private long PartialFloats => (((long)Slices * shape.Tokens * SumsOf(map)) + 3) / 4 * 4;

    /// <summary>Whether a launch takes the site; none takes float16.</summary>
    public static bool Takes(SiteMap map, SiteShape shape, CudaSiteSource source, CudaStreamType type, int sharedLimit) =>
        type != CudaStreamType.Float16 && map.Rows > 0 && shape.Tokens <= MaximumTokens && shape.Width % CudaSiteShape.Columns == 0 && SharedBytes(map, shape, source) <= sharedLimit;

    public void Forward(
        CudaBefore before, CudaSiteParameters parameters, nint streams, nint products, nint roots, nint writing, nint input, CudaReadNorm norm, nint workspace, nint counters)
    {
        nint x = before.Source, written = streams != 0 ? streams : workspace + (nint)(sizeof(float) * PartialFloats);
        launcher.Launch(_program, "site_decode", new(Math.Clamp(Math.Max(Slices, shape.Tokens), 1, blocks), 1, Warps * 32, SharedBytes(map, shape, source)), [
            x, before.Output, before.Writing, parameters.Fn, parameters.Scale, parameters.Bias, written, products, roots, writing, input,
            norm.Weight, norm.Normed, norm.Roots, workspace, counters, shape.Width, shape.Tokens, _numbers.Iterations, _numbers.Eps, (float)map.NormEps, norm.Eps]);
    }

    /// <summary>A slice of fn and of X', sums, the item's number, coefficients of the write before.</summary>
    private static int SharedBytes(SiteMap map, SiteShape shape, CudaSiteSource source)
    {
        int n = shape.Streams, ofFn = map.Rows * (((map.Groups == 1 ? n : 1) * CudaSiteShape.Columns) + 4), ofX = shape.Tokens * ((n * CudaSiteShape.Columns) + 4);
        int lines = shape.Tokens * (CudaFastSite.BeforeRows(source, n) | 1);
        return sizeof(float) * (ofFn + ofX + ((Warps + 1) * SumsOf(map)) + Warps + 1 + lines);
    }
}
