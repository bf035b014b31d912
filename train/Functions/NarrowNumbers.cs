using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>Numbers of 16 bits are stored, moved and multiplied as they are; sums and functions of them are computed in float32.</summary>
internal static class NarrowNumbers
{
    /// <summary>bf16 as float32; any other type as it is.</summary>
    public static Tensor Widen(this Tensor x) => x.dtype == ScalarType.BFloat16 ? x.to_type(ScalarType.Float32) : x;
}
