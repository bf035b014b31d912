using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Train.Functions;
using TorchSharp;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>Where a model is computed, and in what numbers.</summary>
/// <param name="Device">Of its parameters and activations.</param>
/// <param name="Precision">Of its activations: float32 or bf16.</param>
internal sealed record Placement(Device Device, ScalarType Precision)
{
    /// <summary>What float32 is called in presets and on command lines.</summary>
    public const string Float32 = "float32";

    /// <summary>The same of bf16.</summary>
    public const string BFloat16 = "bf16";

    /// <summary>Whether this is a GPU.</summary>
    public bool IsCuda => Device.type == DeviceType.CUDA;

    /// <summary>Why the GPU mixes streams by tensor operations, in one line; null where its kernels run, or where there is no GPU in it.</summary>
    public string? Missing => DeviceKernels.Missing(Device) is { } reason ? $"{reason} Tensor operations mix the streams, at several times the cost." : null;

    /// <summary>Chooses among what this machine has.</summary>
    /// <param name="device">cpu, cuda or cuda:N; null takes a GPU where there is one whose kernels run, else the CPU.</param>
    /// <param name="precision">float32 or bf16; null takes bf16 on a GPU, else float32.</param>
    /// <exception cref="PipelineException">There is no such device.</exception>
    public static Placement Choose(string? device, string? precision) =>
        Choose(device, precision, cuda.is_available() ? cuda.device_count() : 0, CudaSupport.Here.Missing);

    /// <summary>The same on a machine with so many GPUs, of which a function says why kernels cannot run.</summary>
    internal static Placement Choose(string? device, string? precision, int devices, Func<int, string?> missing)
    {
        Device chosen = device switch
        {
            null => devices > 0 && missing(0) is null ? new Device(DeviceType.CUDA, 0) : CPU,
            "cpu" => CPU,
            _ => Cuda(device, devices),
        };
        return new(chosen, precision switch
        {
            null => chosen.type == DeviceType.CUDA ? ScalarType.BFloat16 : ScalarType.Float32,
            Float32 => ScalarType.Float32,
            BFloat16 => ScalarType.BFloat16,
            _ => throw new PipelineException($"There is no precision '{precision}' to train in: {Float32} or {BFloat16}."),
        });
    }

    /// <summary>As titles say it: <c>bf16 on cuda:0</c>.</summary>
    public override string ToString() => $"{(Precision == ScalarType.BFloat16 ? BFloat16 : Float32)} on {(IsCuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{Device.index}") : "cpu")}";

    private static Device Cuda(string name, int devices)
    {
        int index = 0;
        if (name != "cuda" && !(name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new PipelineException($"There is no device '{name}': cpu, cuda or cuda:N.");
        if (devices == 0)
            throw new PipelineException("There is no CUDA device, or this libtorch was built without CUDA (MHC_CUDA=true make build takes the one with it); use --device cpu.");
        return index < devices ? new Device(DeviceType.CUDA, index) : throw new PipelineException($"There is no {name}: libtorch finds {devices} CUDA {(devices == 1 ? "device" : "devices")}, counted from 0.");
    }
}
