using MhcPipeline.Core.Safetensors;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Optimization;

/// <summary>Moves parameters against their gradient, and keeps what it needs for that in checkpoints.</summary>
public interface IOptimizer : IDisposable
{
    /// <summary>Moves the parameters against the gradient that the store holds. The gradient stays as it is.</summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="clip">What multiplies the gradient, float32 [1] on its device: <see cref="GradientNorm.Factor"/>.</param>
    void Step(double learningRate, Tensor? clip = null);

    /// <summary>Adds the optimizer's state, under names that begin with <c>optimizer.</c></summary>
    void Save(SafetensorsWriter writer);

    /// <summary>Takes the state from a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="Core.PipelineException">A tensor is missing or has another shape.</exception>
    void Load(SafetensorsFile file);
}
