using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    private static Device? _cuda;

    /// <summary>Where a tensor's memory is.</summary>
    public class Device
    {
        public Device(string description)
        {
            string[] parts = description.Split(':');
            type = Parse(parts[0]);
            if (parts.Length == 2) index = int.Parse(parts[1]);
        }

        public Device(string deviceType, int index = -1)
        {
            type = Parse(deviceType);
            this.index = index;
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(int index)
        {
            type = DeviceType.CUDA;
            this.index = index;
        }

        public DeviceType type { get; private set; } = DeviceType.CPU;

        public int index { get; private set; } = -1;

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => type == DeviceType.CPU || index == -1 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        private static DeviceType Parse(string name) => Enum.Parse<DeviceType>(name.ToUpperInvariant());
    }

    public static readonly Device CPU = new(DeviceType.CPU, -1);
    public static readonly Device META = new(DeviceType.META, -1);

    public static Device CUDA => _cuda ??= InitializeDevice(new Device(DeviceType.CUDA, -1));

    public static Device device(string description) => InitializeDevice(new Device(description));

    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(int index) => new(DeviceType.CUDA, index);

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (deviceType == DeviceType.CUDA && !cuda.is_available())
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine: this libtorch ({__version__}) finds no CUDA device.");
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType != DeviceType.CUDA || cuda.is_available();

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        return device;
    }

    public static partial class cuda
    {
        private static readonly Lazy<bool> _available = new(() => Native.shim_cuda_is_available() != 0);

        public static bool is_available() => _available.Value;

        public static int device_count() => Native.shim_cuda_device_count();

        public static void manual_seed(long seed) => Native.Check(Native.shim_cuda_manual_seed((ulong)seed, 0));

        public static void manual_seed_all(long seed) => Native.Check(Native.shim_cuda_manual_seed((ulong)seed, 1));

        public static void synchronize(Device? device = null) => Native.Check(Native.shim_cuda_synchronize(device?.index ?? -1));
    }

    private static Device? _defaultDevice;

    public static Device get_default_device() => _defaultDevice ?? CPU;

    public static void set_default_device(Device device) => _defaultDevice = device;

    public static void set_default_device(string device) => _defaultDevice = new Device(device);
}
