using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Optimization;

/// <summary>
/// Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/): the momentum of every matrix between two hidden layers is made nearly
/// orthogonal before it is applied, so that rare directions are learnt as fast as common ones. Embeddings, the head, norms and the
/// hyper-connections' parameters go by AdamW.
/// </summary>
public sealed class Muon : IOptimizer
{
    private const double FirstMomentum = 0.85;
    private const int MomentumWarmup = 200;
    private const int NewtonSchulzSteps = 5;

    private readonly ParameterStore _parameters;
    private readonly MuonOptions _options;
    private readonly AdamW _others;
    private readonly Tensor _momentum;
    private readonly (long Offset, long[] Shape)[] _groups;

    /// <summary>An optimizer that has taken no step.</summary>
    /// <param name="parameters">What to optimize.</param>
    /// <param name="options">For the hidden matrices.</param>
    /// <param name="others">For everything else.</param>
    public Muon(ParameterStore parameters, MuonOptions options, AdamWOptions others)
    {
        (_parameters, _options) = (parameters, options);
        _others = new AdamW(parameters, others, parameters.HiddenCount);
        _momentum = zeros_like(parameters.Data).DetachFromDisposeScope();
        _groups = [.. Groups(parameters)];
    }

    /// <inheritdoc/>
    public void Step(double learningRate)
    {
        _others.Step(learningRate);
        using var frozen = no_grad();
        double rate = learningRate * _options.RateFactor;
        double beta = FirstMomentum + ((_options.Momentum - FirstMomentum) * Math.Min(1.0, (double)_others.Steps / MomentumWarmup));
        foreach ((long offset, long[] shape) in _groups)
        {
            using var scope = NewDisposeScope();
            Tensor data = Group(_parameters.Data), gradient = Group(_parameters.Gradient), momentum = Group(_momentum); // [g,rows,columns]
            momentum.mul_(beta).add_(gradient, 1 - beta);
            Tensor update = Orthogonalise((gradient * (1 - beta)).add_(momentum, beta), data.device_type == DeviceType.CPU ? ScalarType.Float32 : ScalarType.BFloat16); // Nesterov's look-ahead
            data.mul_(1 - (rate * _options.WeightDecay)).add_(update, -rate * Math.Sqrt(Math.Max(1.0, (double)shape[1] / shape[2])));

            Tensor Group(Tensor buffer) => buffer.narrow(0, offset, shape[0] * shape[1] * shape[2]).view(shape);
        }
    }

    /// <inheritdoc/>
    public void Save(SafetensorsWriter writer)
    {
        _others.Save(writer);
        _parameters.Save(writer, _momentum, "optimizer.momentum.");
    }

    /// <inheritdoc/>
    public void Load(SafetensorsFile file)
    {
        _others.Load(file);
        _parameters.Load(file, _momentum, "optimizer.momentum.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _others.Dispose();
        _momentum.Dispose();
    }

    /// <summary>
    /// Brings every singular value of each matrix near 1 (to about 0.7 to 1.2) by a quintic Newton-Schulz iteration, which needs matrix
    /// products only.
    /// </summary>
    /// <param name="matrices">[g,rows,columns].</param>
    /// <param name="type">What the products are computed in: bf16 is enough for singular values near 1, and what a GPU is fast in.</param>
    /// <returns>[g,rows,columns], of that type.</returns>
    internal static Tensor Orthogonalise(Tensor matrices, ScalarType type = ScalarType.Float32)
    {
        bool tall = matrices.shape[1] > matrices.shape[2];
        Tensor x = tall ? matrices.transpose(1, 2) : matrices; // the product x x^T is the smaller one
        x = (x / (x.square().sum([1L, 2L], keepdim: true).sqrt() + 1e-7)).to_type(type);
        for (int i = 0; i < NewtonSchulzSteps; i++)
        {
            Tensor a = x.matmul(x.transpose(1, 2));
            Tensor b = (a * -4.7750).add_(a.matmul(a), 2.0315);
            x = (x * 3.4445).add_(b.matmul(x));
        }
        return tall ? x.transpose(1, 2) : x;
    }

    /// <summary>Neighbouring matrices of one shape, which are orthogonalised together: q, k, v and o of a layer, or gate and up.</summary>
    private static IEnumerable<(long Offset, long[] Shape)> Groups(ParameterStore parameters)
    {
        long offset = 0, start = 0;
        long[]? shape = null;
        foreach (ParameterSpec spec in parameters.Specs.TakeWhile(spec => spec.Hidden))
        {
            if (shape is not null && spec.Shape[0] == shape[1] && spec.Shape[1] == shape[2])
            {
                shape[0]++;
            }
            else
            {
                if (shape is not null)
                    yield return (start, shape);
                (start, shape) = (offset, [1, spec.Shape[0], spec.Shape[1]]);
            }
            offset += spec.Count;
        }
        if (shape is not null)
            yield return (start, shape);
    }
}
