using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MhcPipeline.Engine.Model;

/// <summary>Numbers that steps read or write, always at the same address: on the CPU ONNX Runtime works on <see cref="Values"/> themselves, on a device on a copy there.</summary>
internal sealed unsafe class StepArray<T> : IDisposable
    where T : unmanaged
{
    private readonly StepDevice? _device;
    private readonly T[] _values;
    private readonly nint _address;

    /// <param name="device">Null for the CPU.</param>
    /// <param name="count">Numbers; pages of them that no step writes take no memory of the CPU.</param>
    public StepArray(StepDevice? device, int count)
    {
        _device = device;
        _values = GC.AllocateArray<T>(count, pinned: true);
        _address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_values));
        if (device is not null)
        {
            _address = device.Memory.Allocate((long)count * sizeof(T));
            device.Memory.Fill(_address, 0, (long)count * sizeof(T));
        }
    }

    public Span<T> Values => _values;

    /// <summary>Makes the device see a part of <see cref="Values"/>.</summary>
    public void Write(int start, int count) => _device?.Memory.Write(_address + ((nint)start * sizeof(T)), MemoryMarshal.AsBytes(_values.AsSpan(start, count)));

    /// <summary>The first numbers, as the last step left them.</summary>
    public ReadOnlySpan<T> Read(int count)
    {
        Span<T> values = _values.AsSpan(0, count);
        _device?.Memory.Read(_address, MemoryMarshal.AsBytes(values));
        return values;
    }

    /// <summary>The first numbers as a tensor.</summary>
    public OrtValue View(params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        TensorElementType type = typeof(T) == typeof(float) ? TensorElementType.Float : TensorElementType.Int64;
        return OrtValue.CreateTensorValueWithData(_device?.Info ?? OrtMemoryInfo.DefaultInstance, type, shape, _address, count * sizeof(T));
    }

    public void Dispose() => _device?.Memory.Free(_address);
}
