using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A table of vectors by number: [...] Int64 to [..., width].</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private static readonly Operator _embedding = new("embedding");

    private readonly long _padding;

    internal Embedding(Parameter weight, long? padding) : base(nameof(Embedding))
    {
        _padding = padding ?? -1;
        this.weight = weight;
    }

    public Parameter? weight
    {
        get => get_parameter(nameof(weight));
        set => SetParameter(nameof(weight), value);
    }

    public override Tensor forward(Tensor input) => _embedding.Call(weight, input, _padding);
}
