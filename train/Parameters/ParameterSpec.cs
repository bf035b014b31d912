namespace MhcPipeline.Train.Parameters;

/// <summary>One tensor of a checkpoint: its name as Hugging Face spells it, its shape and how it starts.</summary>
/// <param name="Name">Name in model.safetensors.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Initial">What it holds before training.</param>
/// <param name="Decay">True when AdamW's weight decay applies to it.</param>
public sealed record ParameterSpec(string Name, IReadOnlyList<long> Shape, Initial Initial, bool Decay)
{
    /// <summary>
    /// The parameter that computation sees. Neighbours that share a leaf are joined along their rows, so that one
    /// matrix product serves them all (q, k and v; gate and up). By default a tensor is a leaf of its own.
    /// </summary>
    public string Leaf { get; init; } = Name;

    /// <summary>True for a matrix from one hidden layer to another: neither an embedding nor the head.</summary>
    public bool Hidden { get; init; }

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, dimension) => product * dimension);
}
