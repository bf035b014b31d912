namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>What kernels depend on of a GPU and its driver.</summary>
/// <param name="Ordinal">The GPU's number, as torch counts.</param>
/// <param name="Name">As NVIDIA calls it.</param>
/// <param name="Capability">The compute capability: 9.0 is sm_90.</param>
/// <param name="Multiprocessors">Streaming multiprocessors.</param>
/// <param name="SharedBytes">Shared memory that a block may ask for.</param>
/// <param name="L2Bytes">Second-level cache.</param>
/// <param name="Driver">The CUDA version up to which the driver takes programs.</param>
public sealed record DeviceInfo(int Ordinal, string Name, Version Capability, int Multiprocessors, int SharedBytes, int L2Bytes, Version Driver)
{
    /// <summary>The capability as one number, as compilers write it: 90 for 9.0.</summary>
    public int Architecture => Capability.Major * 10 + Capability.Minor;

    /// <summary>Asks the driver.</summary>
    /// <exception cref="PipelineException">There is no such GPU.</exception>
    internal static DeviceInfo Of(DriverApi driver, int ordinal)
    {
        if (ordinal < 0 || ordinal >= driver.Devices)
            throw new PipelineException($"There is no GPU {ordinal}: the NVIDIA driver finds {driver.Devices}, counted from 0. Look at CUDA_VISIBLE_DEVICES.");
        int device = driver.Device(ordinal);
        return new DeviceInfo(
            ordinal,
            driver.DeviceName(device),
            new Version(driver.Attribute(device, DeviceAttribute.CapabilityMajor), driver.Attribute(device, DeviceAttribute.CapabilityMinor)),
            driver.Attribute(device, DeviceAttribute.Multiprocessors),
            driver.Attribute(device, DeviceAttribute.SharedBytes),
            driver.Attribute(device, DeviceAttribute.L2Bytes),
            driver.Version);
    }
}
