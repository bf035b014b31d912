using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Parameters;

/// <summary>
/// A model's parameters in one buffer, and their gradients in another: an optimizer step, the gradient's norm and
/// clearing it are then a handful of native calls in all instead of a handful a tensor. Hidden matrices come first, then the others with weight decay.
/// </summary>
public sealed class ParameterStore : IDisposable
{
    private readonly Dictionary<string, Parameter> _leaves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ParameterSpec Spec, long Offset)> _tensors = new(StringComparer.Ordinal);

    /// <summary>Lays the parameters out; they hold zeros until <see cref="Initialise"/> or <see cref="Load"/>.</summary>
    /// <param name="specs">Every tensor; those of one leaf stand next to each other and agree in decay and columns.</param>
    /// <param name="device">Where they live.</param>
    public ParameterStore(IEnumerable<ParameterSpec> specs, Device device)
        : this([.. specs.OrderBy(s => s.Hidden ? 0 : s.Decay ? 1 : 2)], device, values: null) // stable: neighbours stay neighbours
    {
    }

    private ParameterStore(IReadOnlyList<ParameterSpec> specs, Device device, Tensor? values)
    {
        (Specs, Device) = (specs, device);
        long total = Specs.Sum(s => s.Count);
        HiddenCount = Specs.Where(s => s.Hidden).Sum(s => s.Count);
        DecayedCount = Specs.Where(s => s.Decay).Sum(s => s.Count);
        using var scope = NewDisposeScope();
        Data = (values?.detach() ?? zeros(total, dtype: ScalarType.Float32, device: device)).DetachFromDisposeScope();
        Gradient = zeros(total, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();

        long offset = 0;
        foreach (var leaf in Specs.GroupBy(s => s.Leaf, StringComparer.Ordinal))
        {
            long start = offset;
            foreach (ParameterSpec spec in leaf)
            {
                _tensors.Add(spec.Name, (spec, offset));
                offset += spec.Count;
            }
            long[] shape = [.. leaf.First().Shape];
            shape[0] = leaf.Sum(s => s.Shape[0]);
            // Detached views: leaves of autograd that share the buffers' memory.
            var parameter = new Parameter(Data.narrow(0, start, offset - start).view(shape).detach());
            parameter.DetachFromDisposeScope();
            parameter.grad = Gradient.narrow(0, start, offset - start).view(shape).detach();
            _leaves.Add(leaf.Key, parameter);
        }
    }

    /// <summary>Every tensor, in the order of the buffers.</summary>
    public IReadOnlyList<ParameterSpec> Specs { get; }

    /// <summary>Where the parameters live.</summary>
    public Device Device { get; }

    /// <summary>All values, [count].</summary>
    public Tensor Data { get; }

    /// <summary>All gradients, [count]; backward passes add to it.</summary>
    public Tensor Gradient { get; }

    /// <summary>How many elements, from the start of the buffers, belong to matrices between hidden layers.</summary>
    public long HiddenCount { get; }

    /// <summary>How many elements, from the start of the buffers, weight decay applies to.</summary>
    public long DecayedCount { get; }

    /// <summary>Number of elements.</summary>
    public long Count => Data.numel();

    /// <summary>The same values in the same memory, with gradients of its own.</summary>
    public ParameterStore Replica() => new(Specs, Device, Data);

    /// <summary>The parameter that computation sees; see <see cref="ParameterSpec.Leaf"/>.</summary>
    public Parameter Leaf(string name) => _leaves[name];

    /// <summary>Gives every parameter its initial value.</summary>
    /// <param name="draws">Where random values come from, on the CPU: a model starts the same on every device.</param>
    public void Initialise(Generator draws)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (ParameterSpec spec in Specs)
        {
            Tensor part = Part(Data, spec.Name);
            if (spec.Initial.Values is { } values)
                part.copy_(tensor([.. values], [.. spec.Shape]));
            else if (spec.Initial.Deviation > 0)
                Draw(spec.Name, spec.Initial.Deviation, draws);
            else
                part.copy_(tensor((float)spec.Initial.Constant));
            if (spec.Initial.ZeroRows is { } rows)
            {
                (int start, int count) = rows.GetOffsetAndLength((int)spec.Shape[0]);
                part.narrow(0, start, count).zero_();
            }
        }
    }

    /// <summary>Fills a tensor with normally distributed values around zero, and returns it.</summary>
    internal Tensor Draw(string name, double deviation, Generator draws)
    {
        Tensor part = Part(Data, name);
        return part.copy_(empty(part.shape, dtype: ScalarType.Float32).normal_(0, deviation, draws));
    }

    /// <summary>Sets every gradient to zero.</summary>
    public void ClearGradient() => Gradient.zero_();

    /// <summary>The named tensor's part of a buffer laid out like <see cref="Data"/> (values, gradients, an optimizer's moments), in its shape.</summary>
    public Tensor Part(Tensor buffer, string name)
    {
        (ParameterSpec spec, long offset) = _tensors[name];
        return buffer.narrow(0, offset, spec.Count).view([.. spec.Shape]);
    }

    /// <summary>Adds every tensor of a buffer to a safetensors file, as F32.</summary>
    /// <param name="writer">The file to be.</param>
    /// <param name="buffer"><see cref="Data"/> or a buffer laid out like it.</param>
    /// <param name="prefix">Put before every name.</param>
    public void Save(SafetensorsWriter writer, Tensor buffer, string prefix = "")
    {
        using var scope = NewDisposeScope();
        Tensor host = buffer.cpu();
        foreach (ParameterSpec spec in Specs)
            writer.Add(prefix + spec.Name, TensorType.F32, spec.Shape, Part(host, spec.Name).bytes.ToArray());
    }

    /// <summary>Fills a buffer from a safetensors file (F32, F16 or BF16).</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer"><see cref="Data"/> or a buffer laid out like it.</param>
    /// <param name="prefix">Stands before every name in the file.</param>
    /// <exception cref="PipelineException">A tensor is missing or has another shape.</exception>
    public void Load(SafetensorsFile file, Tensor buffer, string prefix = "")
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (ParameterSpec spec in Specs)
        {
            string name = prefix + spec.Name;
            if (!file.Tensors.TryGetValue(name, out TensorInfo? info))
                throw new PipelineException($"{file.Path} has no tensor {name}; it belongs to another model than config.json describes.");
            if (!info.Shape.SequenceEqual(spec.Shape))
                throw new PipelineException($"{file.Path}: tensor {name} has shape [{string.Join(", ", info.Shape)}]; config.json asks for [{string.Join(", ", spec.Shape)}].");
            Part(buffer, spec.Name).copy_(tensor(file.ReadFloat32(name), [.. spec.Shape]));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter leaf in _leaves.Values)
            leaf.Dispose();
        Data.Dispose();
        Gradient.Dispose();
    }
}
