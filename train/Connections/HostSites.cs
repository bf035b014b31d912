using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Functions;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary><see cref="SiteKernel"/> on single-precision tensors in the host's memory.</summary>
internal sealed unsafe class HostSites : ISiteKernels
{
    private HostSites()
    {
    }

    /// <summary>It has no state.</summary>
    public static HostSites Instance { get; } = new();

    public bool ReadStreamsAgain => true;

    public Tensor Dense(Tensor x) => x.contiguous();

    public void Forward(SiteMap map, SiteShape shape, SiteBefore before, SiteWeights weights, SiteOutputs outputs) => SiteKernel.Forward(
        map, shape, Pointers(before), Pointers(weights), Pointer(outputs.Streams), Pointer(outputs.Products), Pointer(outputs.Roots), Pointer(outputs.Writing), Pointer(outputs.Input));

    public void Backward(SiteMap map, SiteShape shape, SiteBefore before, SiteWeights weights, Tensor? streams, Tensor products, Tensor roots, SiteDerivatives gradients) => SiteKernel.Backward(
        map, shape, Pointers(before), Pointers(weights), Pointer(streams), Pointer(products), Pointer(roots), new SiteGradients
        {
            Input = Pointer(gradients.Input),
            Streams = Pointer(gradients.Streams),
            Writing = Pointer(gradients.Writing),
            Embedding = before.Embedding is null ? null : Pointer(gradients.Source),
            BeforeX = before.Embedding is null ? Pointer(gradients.Source) : null,
            BeforeOutput = Pointer(gradients.Output),
            BeforeWriting = Pointer(gradients.BeforeWriting),
            Fn = Pointer(gradients.Weights.Fn),
            Bias = Pointer(gradients.Weights.Bias),
            Scale = Pointer(gradients.Weights.Scale),
        });

    public void Write(SiteMap map, SiteShape shape, SiteBefore before, Tensor streams) => SiteKernel.Write(shape, Pointers(before), Pointer(streams));

    private static Before Pointers(SiteBefore before) => before.Embedding is { } embedding
        ? new() { Embedding = Pointer(embedding) }
        : new() { X = Pointer(before.X), Output = Pointer(before.Output), Writing = Pointer(before.Writing), Mixes = before.Mixes };

    private static SiteParameters Pointers(SiteWeights weights) => new() { Fn = Pointer(weights.Fn), Bias = Pointer(weights.Bias), Scale = Pointer(weights.Scale) };

    private static float* Pointer(Tensor? tensor) => tensor is null ? null : HostKernels.Pointer(tensor);
}
