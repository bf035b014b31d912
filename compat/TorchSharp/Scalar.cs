using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number that an operator takes beside its tensors: an integer, a floating-point number or a truth value.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ValueKind kind, long bits)
    {
        Kind = kind;
        Bits = bits;
    }

    internal ValueKind Kind { get; }

    internal long Bits { get; }

    public static implicit operator Scalar(byte value) => new(ValueKind.Int, value);
    public static implicit operator Scalar(sbyte value) => new(ValueKind.Int, value);
    public static implicit operator Scalar(short value) => new(ValueKind.Int, value);
    public static implicit operator Scalar(int value) => new(ValueKind.Int, value);
    public static implicit operator Scalar(long value) => new(ValueKind.Int, value);
    public static implicit operator Scalar(Half value) => (double)value;
    public static implicit operator Scalar(float value) => (double)value;
    public static implicit operator Scalar(double value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(bool value) => new(ValueKind.Bool, value ? 1 : 0);

    public torch.ScalarType Type => Kind switch
    {
        ValueKind.Int => torch.ScalarType.Int64,
        ValueKind.Bool => torch.ScalarType.Bool,
        _ => torch.ScalarType.Float64,
    };

    internal double AsDouble => Kind == ValueKind.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long AsInt64 => Kind == ValueKind.Double ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;

    /// <summary>Nothing to release: the value lives in this object.</summary>
    public void Dispose()
    {
    }
}
