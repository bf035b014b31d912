namespace MhcPipeline.Core.Safetensors;

/// <summary>Facts of element types.</summary>
public static class TensorTypeExtensions
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.F32 => 4,
        TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
