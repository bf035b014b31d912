using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Model;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Optimization;

/// <summary>
/// AdamW (arXiv 1711.05101, algorithm 2) over a store's flat buffers: eight native calls a step, whatever the number of
/// tensors. Weight decay applies to matrices only: neither to norms nor to the hyper-connections' fn, base and scale,
/// whose zero is not a neutral value.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly ParameterStore _parameters;
    private readonly AdamWOptions _options;
    private readonly Tensor _first;
    private readonly Tensor _second;

    /// <summary>An optimizer that has taken no step.</summary>
    public AdamW(ParameterStore parameters, AdamWOptions options)
    {
        (_parameters, _options) = (parameters, options);
        using var scope = NewDisposeScope();
        _first = zeros_like(parameters.Data).DetachFromDisposeScope();
        _second = zeros_like(parameters.Data).DetachFromDisposeScope();
    }

    /// <summary>Steps taken; bias correction depends on it.</summary>
    public long Steps { get; private set; }

    /// <summary>Moves the parameters against the gradient that the store holds. The gradient stays as it is.</summary>
    /// <param name="learningRate">Of this step.</param>
    public void Step(double learningRate)
    {
        Steps++;
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Tensor data = _parameters.Data, gradient = _parameters.Gradient;
        double bias1 = 1 - Math.Pow(_options.Beta1, Steps), rootBias2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps));

        if (_options.WeightDecay > 0)
            data.narrow(0, 0, _parameters.DecayedCount).mul_(1 - (learningRate * _options.WeightDecay));
        _first.mul_(_options.Beta1).add_(gradient, 1 - _options.Beta1);
        _second.mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);
        // m / bias1 / (sqrt(v) / rootBias2 + eps), with the corrections moved out of the tensors.
        Tensor denominator = _second.sqrt().add_(_options.Eps * rootBias2);
        data.addcdiv_(_first, denominator, -learningRate * rootBias2 / bias1);
    }

    /// <summary>Adds both moments of every tensor, as <c>optimizer.first.*</c> and <c>optimizer.second.*</c>, and the number of steps.</summary>
    public void Save(SafetensorsWriter writer)
    {
        _parameters.Save(writer, _first, "optimizer.first.");
        _parameters.Save(writer, _second, "optimizer.second.");
        writer.Add("optimizer.steps", [1], [Steps]);
    }

    /// <summary>Takes both moments and the number of steps from a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="Core.PipelineException">A tensor is missing or has another shape.</exception>
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
}
