using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The fast kernels' launches for streams of 16 bits and 32 m columns: what they need beside the site's tensors, and in which order they run.</summary>
internal sealed class CudaFastSite(ILauncher launcher, SiteMap map, MhcOptions options, SiteShape shape, CudaSiteSource source, CudaStreamType type, CudaSiteShape cut)
{
    private const int CoefficientThreads = 128, BackwardThreads = 64, SumThreads = 256, TokenWarps = 8;

    /// <summary>Shared memory that every device grants unasked; Sinkhorn's divisors beyond it lie in the workspace.</summary>
    private const int PlainShared = 48 * 1024;

    private readonly CudaProgram _program = CudaSitePrograms.Fast(map, source, type);
    private readonly CudaMapNumbers _numbers = CudaMapNumbers.Of(map, options);
    private readonly int _rows = map.Groups * (map.Rows + 1);
    private readonly int _before = BeforeRows(source, shape.Streams);
    private readonly int _own = map.Biases + map.Scales;
    private readonly int _backwardBlocks = CudaRows.Parts(shape.Tokens, BackwardThreads);

    /// <summary>Floats that <see cref="Forward"/> works in: slices' products, pre.</summary>
    public long ForwardFloats => (long)shape.Tokens * ((cut.Slices * _rows) + shape.Streams);

    /// <summary>Floats that <see cref="Backward"/> works in.</summary>
    public long BackwardFloats
    {
        get
        {
            long dots = (long)cut.DotSlices * _before * shape.Tokens, fn = (long)cut.GradientBlocks * FnLength;
            return ((long)shape.Tokens * ((2 * shape.Streams) + _rows)) + ((long)_own * OwnParts) + TapeFloats + dots + fn;
        }
    }

    private int FnLength => map.Rows * shape.Flat / map.Groups;

    private int OwnParts => _backwardBlocks * BackwardThreads / 32;

    private int TapeShared => _numbers.TapeFloats * BackwardThreads * sizeof(float);

    private long TapeFloats => TapeShared <= PlainShared ? 0 : (long)_numbers.TapeFloats * _backwardBlocks * BackwardThreads;

    /// <summary>Coefficients a token of the write before.</summary>
    public static int BeforeRows(CudaSiteSource source, int streams) =>
        source switch { CudaSiteSource.Embedding => 0, CudaSiteSource.Gates => streams, _ => streams * (streams + 1) };

    public void Write(CudaBefore before, nint streams) => Launch("site_write", new(CudaRows.Parts(shape.Tokens, TokenWarps), 1, TokenWarps * 32, 0), [
        before.Source, before.Output, before.Writing, streams, shape.Width, shape.Tokens]);

    public void Forward(
        CudaBefore before, CudaSiteParameters parameters, nint streams, nint products, nint roots, nint writing, nint input, CudaReadNorm norm, nint workspace)
    {
        nint partial = workspace, pre = Behind(partial, (long)cut.Slices * _rows * shape.Tokens);
        nint x = before.Source;
        Launch("site_products", new(cut.Slices, cut.ProductBlocks, cut.ProductWarps * 32, cut.ProductBytes), [
            x, before.Output, before.Writing, parameters.Fn, streams, partial, shape.Width, shape.Tokens, cut.Chunks]);
        Launch("site_coefficients", new(CudaRows.Parts(shape.Tokens, CoefficientThreads), 1, CoefficientThreads, 0), [
            partial, cut.Slices, parameters.Scale, parameters.Bias, products, roots, pre, writing,
            shape.Width, shape.Tokens, _numbers.Iterations, _numbers.Eps, (float)map.NormEps]);
        LaunchShape tokens = new(CudaRows.Parts(shape.Tokens, TokenWarps), 1, TokenWarps * 32, 0);
        if (streams != 0)
            Launch("site_read", tokens, [streams, pre, input, norm.Weight, norm.Normed, norm.Roots, shape.Width, shape.Tokens, norm.Eps]);
        else
            Launch("site_read_again", tokens, [x, before.Output, before.Writing, pre, input, norm.Weight, norm.Normed, norm.Roots, shape.Width, shape.Tokens, norm.Eps]);
    }

    public void Backward(CudaBefore before, CudaSiteParameters parameters, nint products, nint roots, CudaSiteGradients gradients, nint workspace)
    {
        int tokens = shape.Tokens;
        nint ofPre = workspace, pre = Behind(ofPre, (long)shape.Streams * tokens), of = Behind(pre, (long)shape.Streams * tokens);
        nint own = Behind(of, (long)_rows * tokens), tape = Behind(own, (long)_own * OwnParts), dots = Behind(tape, TapeFloats), fn = Behind(dots, (long)cut.DotSlices * _before * tokens);
        nint x = before.Source;
        Launch("site_dots", new(CudaRows.Parts(tokens, TokenWarps), 1, TokenWarps * 32, 0), [x, before.Output, before.Writing, gradients.Input, ofPre, shape.Width, tokens]);
        Launch("site_coefficients_backward", new(_backwardBlocks, 1, BackwardThreads, TapeFloats == 0 ? TapeShared : 0), [
            products, roots, parameters.Scale, parameters.Bias, ofPre, gradients.Writing, of, pre, own, TapeFloats == 0 ? 0 : tape,
            shape.Width, tokens, _numbers.Iterations, _numbers.Eps]);
        Launch("site_gradients", new(CudaRows.Parts(shape.Width, cut.GradientWarps * CudaSiteShape.Columns), cut.GradientBlocks, cut.GradientWarps * 32, cut.GradientBytes), [
            x, before.Output, before.Writing, parameters.Fn, gradients.Input, gradients.Streams, pre, of,
            before.Embedding != 0 ? 0 : gradients.BeforeX, before.Embedding != 0 ? gradients.Embedding : gradients.BeforeOutput, dots, fn, shape.Width, tokens]);
        Sum(fn, gradients.Fn, cut.GradientBlocks, FnLength);
        if (_before > 0)
            Sum(dots, gradients.BeforeWriting, cut.DotSlices, _before * tokens);
        Launch("sum_own", new(_own, 1, SumThreads, sizeof(float) * SumThreads / 32), [own, gradients.Bias, gradients.Scale, OwnParts]);
    }

    private void Sum(nint partial, nint target, int parts, int count) =>
        Launch("sum_partials", new(CudaRows.Parts(count, SumThreads), 1, SumThreads, 0), [partial, target, parts, count]);

    private void Launch(string kernel, LaunchShape launch, ReadOnlySpan<KernelArgument> arguments) => launcher.Launch(_program, kernel, launch, arguments);

    private static nint Behind(nint start, long floats) => start + (nint)(sizeof(float) * floats);
}
