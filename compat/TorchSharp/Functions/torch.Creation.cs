using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    // c10::Layout::Strided.
    private const long Strided = 0;

    private static Tensor Finish(Tensor tensor, bool requires_grad, string[]? names)
    {
        if (names is { Length: > 0 }) throw new NotSupportedException("Named dimensions are not in this slice of TorchSharp (compat/TorchSharp/README.md).");
        if (requires_grad) tensor.requires_grad = true;
        return tensor;
    }

    // Copies the elements into a tensor of their own type, then converts and moves it.
    private static Tensor CreateFrom<T>(ReadOnlySpan<T> values, long[] shape, ScalarType type, ScalarType? dtype, Device? device, bool requires_grad, string[]? names = null) where T : unmanaged
    {
        long count = shape.TotalSize();
        if (count > values.Length) throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {values.Length}");
        var target = InitializeDevice(device);
        var tensor = CreateEmpty(shape, type, CPU, false, null);
        unsafe
        {
            values[..(int)count].CopyTo(new Span<T>((void*)tensor.DataPointer(), (int)count));
        }
        if (dtype is { } other && other != type) tensor = tensor.to_type(other, disposeAfter: true);
        if (target.type != DeviceType.CPU) tensor = tensor.to(target, disposeAfter: true);
        return Finish(tensor, requires_grad, names);
    }

    private static Tensor CreateFrom<T>(T[] values, long[] shape, ScalarType type, ScalarType? dtype, Device? device, bool requires_grad, string[]? names = null) where T : unmanaged =>
        CreateFrom((ReadOnlySpan<T>)values, shape, type, dtype, device, requires_grad, names);

    private static ReadOnlySpan<T> Flatten<T>(Array values) where T : unmanaged =>
        values.Length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);

    private static long[] Lengths(Array values) => [.. Enumerable.Range(0, values.Rank).Select(values.GetLongLength)];
}
