namespace MhcPipeline.GpuCheck.Stages;

/// <summary>What a GPU's tensor cores multiply at most, in bf16 without sparsity and with sums in float32, as NVIDIA's data sheets have it at boost clock.</summary>
internal static class DensePeak
{
    /// <summary>Parts of names, and 1e12 flop a second. A longer part stands before one that it holds.</summary>
    private static readonly (string Part, double Peak)[] _known =
    [
        ("H100 PCIe", 756), ("H100 NVL", 835), ("H100", 989), ("H200", 989), ("GH200", 989), ("H800", 989),
        ("B200", 2250), ("B100", 1750), ("A100", 312), ("A800", 312),
        ("L40S", 362), ("L40", 181), ("L4", 121), ("A40", 150), ("A30", 165), ("A10", 125),
        ("RTX 4090", 165), ("RTX 4080", 97), ("RTX 3090", 71),
    ];

    /// <summary>1e12 flop a second; null for a GPU that is not in the list: then no utilisation is claimed.</summary>
    /// <param name="device">As the driver names it, such as NVIDIA H100 80GB HBM3.</param>
    public static double? Of(string device)
    {
        string[] words = device.Split(' ', '-');
        if (words.Contains("Laptop")) // other chips under the same number
            return null;
        foreach ((string part, double peak) in _known)
        {
            if (part.Split(' ').All(words.Contains))
                return peak;
        }
        return null;
    }
}
