using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The plain kernels' launches: a block a token, every connection, n, stream type and width.</summary>
internal sealed class CudaPlainSite(ILauncher launcher, SiteMap map, MhcOptions options, SiteShape shape, CudaStreamType type)
{
    private const int Threads = 128, ThreadsOfSums = 256;

    private readonly CudaProgram _program = CudaSitePrograms.Plain(map, type);
    private readonly CudaMapNumbers _numbers = CudaMapNumbers.Of(map, options);

    /// <summary>Floats that <see cref="Backward"/> works in: gradients of products, own gradients a token, Sinkhorn's divisors.</summary>
    public long BackwardFloats => (long)shape.Tokens * ((map.Rows * map.Groups) + map.Biases + map.Scales + _numbers.TapeFloats);

    public void Write(CudaBefore before, nint streams) =>
        launcher.Launch(_program, "site_write_plain", new(shape.Tokens, 1, Threads, 0), [.. Source(before), streams, shape.Width, shape.Tokens]);

    public void Forward(CudaBefore before, CudaSiteParameters parameters, nint streams, nint products, nint roots, nint writing, nint input, CudaReadNorm norm)
    {
        int shared = sizeof(float) * ((map.Groups * (map.Rows + 1)) + map.Streams + map.WritingRows);
        launcher.Launch(_program, "site_forward_plain", new(shape.Tokens, 1, Threads, shared), [
            .. Source(before), parameters.Fn, parameters.Scale, parameters.Bias, streams, products, roots, writing, input,
            shape.Width, shape.Tokens, _numbers.Iterations, _numbers.Eps, (float)map.NormEps]);
        if (norm.Weight != 0)
            launcher.Launch(_program, "site_norm_plain", new(shape.Tokens, 1, Threads, sizeof(float) * Threads / 32), [input, norm.Weight, norm.Normed, norm.Roots, shape.Width, norm.Eps]);
    }

    public void Backward(CudaBefore before, CudaSiteParameters parameters, nint products, nint roots, CudaSiteGradients gradients, nint workspace)
    {
        nint ofProducts = workspace;
        nint own = ofProducts + ((nint)sizeof(float) * map.Rows * map.Groups * shape.Tokens);
        nint tape = own + ((nint)sizeof(float) * (map.Biases + map.Scales) * shape.Tokens);
        int shared = sizeof(float) * ((2 * map.Streams) + (map.Groups * (map.Rows + 1)) + (Threads / 32));
        launcher.Launch(_program, "site_backward_plain", new(shape.Tokens, 1, Threads, shared), [
            .. Source(before), parameters.Fn, parameters.Scale, parameters.Bias, products, roots, gradients.Streams, gradients.Writing, gradients.Input,
            gradients.Embedding, gradients.BeforeX, gradients.BeforeOutput, gradients.BeforeWriting, ofProducts, own, tape,
            shape.Width, shape.Tokens, _numbers.Iterations, _numbers.Eps]);
        if (map.Rows == 0)
            return;
        int columns = shape.Flat / map.Groups;
        launcher.Launch(_program, "site_fn_plain", new(CudaRows.Parts(columns, Threads), map.Rows, Threads, 0), [.. Source(before), ofProducts, gradients.Fn, shape.Width, shape.Tokens]);
        launcher.Launch(_program, "sum_own", new(map.Biases + map.Scales, 1, ThreadsOfSums, sizeof(float) * ThreadsOfSums / 32), [own, gradients.Bias, gradients.Scale, shape.Tokens]);
    }

    private static KernelArgument[] Source(CudaBefore before) => [before.Embedding, before.X, before.Output, before.Writing, before.Mixes ? 1 : 0];
}
