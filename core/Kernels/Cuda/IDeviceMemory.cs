namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>Memory that kernels work on: a GPU's, or in tests the CPU's. Addresses go into <see cref="KernelArgument"/>.</summary>
public interface IDeviceMemory
{
    /// <summary>Takes memory, whatever it holds.</summary>
    /// <param name="bytes">More than 0.</param>
    nint Allocate(long bytes);

    /// <summary>Gives memory back.</summary>
    /// <param name="address">As <see cref="Allocate"/> gave it.</param>
    void Free(nint address);

    /// <summary>Sets every byte.</summary>
    void Fill(nint address, byte value, long bytes);

    /// <summary>Copies within the device, behind the kernels launched before; it may still run when this returns.</summary>
    void Copy(nint to, nint from, long bytes);

    /// <summary>Copies to the device, behind the kernels launched before; streams other than the default one see it after <see cref="Wait"/>.</summary>
    void Write(nint address, ReadOnlySpan<byte> values);

    /// <summary>Copies from the device, when the kernels launched before are done.</summary>
    void Read(nint address, Span<byte> values);

    /// <summary>Waits until all that was begun is done.</summary>
    void Wait();
}
