namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>Tells the time that a device takes between two points of its work.</summary>
public interface IDeviceClock
{
    /// <summary>Marks the point behind everything that was started before; the device goes on.</summary>
    /// <returns>The mark's number: 0, 1, 2 since <see cref="Clear"/>.</returns>
    int Mark();

    /// <summary>Waits until the device is at the later mark.</summary>
    /// <returns>Milliseconds from one mark to the other.</returns>
    double Milliseconds(int from, int to);

    /// <summary>Forgets all marks.</summary>
    void Clear();
}
