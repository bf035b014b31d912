using System.Text;

namespace TorchSharp.Interop;

/// <summary>
/// One argument of an operator. Holds the managed object behind the native value, so that it lives until the call is over;
/// lists are copied into native form when the operator is called (<see cref="Operator"/>).
/// </summary>
internal readonly struct Argument
{
    public readonly object? Owner;
    public readonly long Bits;
    public readonly int Count;
    public readonly ValueKind Kind;

    private Argument(ValueKind kind, long bits, int count = 0, object? owner = null)
    {
        Kind = kind;
        Bits = bits;
        Count = count;
        Owner = owner;
    }

    /// <summary>8-byte words that the argument needs outside its value.</summary>
    public int ListWords => Kind switch
    {
        ValueKind.IntList or ValueKind.DoubleList or ValueKind.TensorList or ValueKind.OptionalTensorList => Count,
        ValueKind.String => (Count + 7) / 8,
        _ => 0,
    };

    public static implicit operator Argument(torch.Tensor? tensor) => tensor is null ? default : new(ValueKind.Tensor, tensor.Handle, 0, tensor);
    public static implicit operator Argument(long value) => new(ValueKind.Int, value);
    public static implicit operator Argument(long? value) => value is { } number ? new(ValueKind.Int, number) : default;
    public static implicit operator Argument(double value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Argument(bool value) => new(ValueKind.Bool, value ? 1 : 0);
    public static implicit operator Argument(Scalar? value) => value is null ? default : new(value.Kind, value.Bits);
    public static implicit operator Argument(torch.ScalarType type) => new(ValueKind.Int, (long)type);
    public static implicit operator Argument(torch.ScalarType? type) => type is { } known ? new(ValueKind.Int, (long)known) : default;
    public static implicit operator Argument(torch.Device? device) => device is null ? default : new(ValueKind.Device, device.index, (int)device.type);
    public static implicit operator Argument(torch.Generator? generator) => generator is null ? default : new(ValueKind.Generator, generator.Source, 0, generator);
    public static implicit operator Argument(long[]? values) => values is null ? default : new(ValueKind.IntList, 0, values.Length, values);
    public static implicit operator Argument(torch.Tensor[] tensors) => new(ValueKind.TensorList, 0, tensors.Length, tensors);

    public static implicit operator Argument(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return new(ValueKind.String, 0, bytes.Length, bytes);
    }

    public static Argument Optional(torch.Tensor?[] tensors) => new(ValueKind.OptionalTensorList, 0, tensors.Length, tensors);

    /// <summary>Copies a list to its place in native memory.</summary>
    public unsafe void Write(long* words)
    {
        switch (Kind)
        {
            case ValueKind.IntList:
                ((long[])Owner!).CopyTo(new Span<long>(words, Count));
                break;
            case ValueKind.TensorList or ValueKind.OptionalTensorList:
                var tensors = (torch.Tensor?[])Owner!;
                for (int i = 0; i < Count; i++) words[i] = tensors[i]?.Handle ?? 0;
                break;
            case ValueKind.String:
                ((byte[])Owner!).CopyTo(new Span<byte>(words, Count));
                break;
        }
    }
}
