namespace MhcPipeline.Core.Safetensors;

/// <summary>Element types that the pipeline reads and writes, named as the safetensors format names them.</summary>
public enum TensorType
{
    /// <summary>IEEE single precision, 4 bytes.</summary>
    F32,

    /// <summary>IEEE half precision, 2 bytes.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a single, 2 bytes.</summary>
    BF16,

    /// <summary>Signed 64-bit integer, 8 bytes.</summary>
    I64,
}
