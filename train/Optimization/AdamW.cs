using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Parameters;
using static MhcPipeline.Train.Functions.HeldNumbers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Optimization;

/// <summary>
/// AdamW (arXiv 1711.05101, algorithm 2) over a store's flat buffers, whatever the number of tensors: one kernel, or
/// eight tensor operations where there is none. Weight decay applies to matrices only: neither to norms nor to the hyper-connections' fn, base and scale,
/// whose zero is not a neutral value.
/// </summary>
public sealed class AdamW : IOptimizer
{
    private readonly ParameterStore _parameters;
    private readonly AdamWOptions _options;
    private readonly long _start;
    private readonly Tensor _first;
    private readonly Tensor _second;

    /// <summary>An optimizer that has taken no step.</summary>
    /// <param name="parameters">What to optimize.</param>
    /// <param name="options">The constants.</param>
    /// <param name="start">The first element of the store's buffers that is this optimizer's.</param>
    public AdamW(ParameterStore parameters, AdamWOptions options, long start = 0)
    {
        (_parameters, _options, _start) = (parameters, options, start);
        using var scope = NewDisposeScope();
        _first = zeros_like(parameters.Data).DetachFromDisposeScope();
        _second = zeros_like(parameters.Data).DetachFromDisposeScope();
    }

    /// <summary>Steps taken; bias correction depends on it.</summary>
    public long Steps { get; private set; }

    /// <inheritdoc/>
    public void Step(double learningRate, Tensor? clip = null)
    {
        Steps++;
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Tensor data = Own(_parameters.Data), gradient = Own(_parameters.Gradient), first = Own(_first), second = Own(_second);
        // m / bias1 / (sqrt(v) / rootBias2 + eps), with the corrections moved out of the buffers.
        double bias1 = 1 - Math.Pow(_options.Beta1, Steps), rootBias2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps));
        double keep = 1 - (learningRate * _options.WeightDecay), rate = learningRate * rootBias2 / bias1, eps = _options.Eps * rootBias2;
        long decayed = _parameters.DecayedCount - _start;
        if (DeviceKernels.For(data) is { } device)
        {
            new CudaAdamW(device.Launcher).Step(
                DeviceKernels.Address(data), DeviceKernels.Address(gradient), DeviceKernels.Address(first), DeviceKernels.Address(second), data.numel(), decayed,
                keep, _options.Beta1, _options.Beta2, rate, eps, DeviceKernels.AddressOrNull(clip));
            return;
        }
        if (clip is not null)
            gradient = gradient * clip;
        if (Serve(data))
            Fused(data, gradient, first, second, decayed, _options, keep, rate, eps);
        else
            Composed(data, gradient, first, second, decayed, _options, keep, rate, eps);
    }

    /// <summary>Adds both moments of every tensor, as <c>optimizer.first.*</c> and <c>optimizer.second.*</c>, and the number of steps.</summary>
    public void Save(SafetensorsWriter writer)
    {
        _parameters.Save(writer, _first, "optimizer.first.");
        _parameters.Save(writer, _second, "optimizer.second.");
        writer.Add("optimizer.steps", [1], [Steps]);
    }

    /// <inheritdoc/>
    public void Load(SafetensorsFile file)
    {
        _parameters.Load(file, _first, "optimizer.first.");
        _parameters.Load(file, _second, "optimizer.second.");
        Steps = file.ReadInt64("optimizer.steps")[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    /// <summary>A step by <see cref="AdamWKernel"/>, whose arguments these are.</summary>
    internal static void Fused(
        Tensor data, Tensor gradient, Tensor first, Tensor second, long decayed, AdamWOptions options, double keep, double rate, double eps) =>
        AdamWKernel.Step(Floats(data), Floats(gradient), Floats(first), Floats(second), (int)decayed, keep, options.Beta1, options.Beta2, rate, eps);

    /// <summary>The same step by tensor operations: the reference for the kernel.</summary>
    internal static void Composed(
        Tensor data, Tensor gradient, Tensor first, Tensor second, long decayed, AdamWOptions options, double keep, double rate, double eps)
    {
        if (options.WeightDecay > 0)
            data.narrow(0, 0, decayed).mul_(Held(keep));
        first.mul_(Held(options.Beta1)).add_(gradient, Held(1 - options.Beta1));
        second.mul_(Held(options.Beta2)).addcmul_(gradient, gradient, Held(1 - options.Beta2));
        data.addcdiv_(first, second.sqrt().add_(Held(eps), One), Held(-rate));
    }

    private Tensor Own(Tensor buffer) => buffer.narrow(0, _start, _parameters.Count - _start);
}
