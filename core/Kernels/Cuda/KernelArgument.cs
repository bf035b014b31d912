namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>One argument of a kernel: an address on the device, an int or a float, as the driver reads it.</summary>
public readonly struct KernelArgument
{
    private readonly long _bits;

    private KernelArgument(long bits) => _bits = bits;

    /// <summary>The argument's bytes in the order of the machine; a kernel's parameter takes the first four or all eight.</summary>
    public long Bits => _bits;

    /// <summary>An address on the device.</summary>
    public static implicit operator KernelArgument(nint address) => new(address);

    /// <summary>An int.</summary>
    public static implicit operator KernelArgument(int value) => new(value);

    /// <summary>A float.</summary>
    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToInt32Bits(value));
}
