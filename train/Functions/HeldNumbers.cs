using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// Numbers as TorchSharp's calls take and give them. It makes a <see cref="Scalar"/> of each, also of the 1 that the second term of a sum is multiplied by, and nothing
/// refers to it while native code reads it: a collection that another thread begins meanwhile frees it, and libtorch finds no number (<c>toFloat at Scalar.h</c>:
/// once in ten thousand additions where collections follow one another). So sums are written <c>x.add(y, One)</c>, numbers <c>Held(2)</c>, and a number is read by <c>Value</c>.
/// </summary>
internal static class HeldNumbers
{
    /// <summary>More than one expression has.</summary>
    private const int Kept = 64;

    [ThreadStatic]
    private static Scalar[]? _last;

    [ThreadStatic]
    private static int _next;

    /// <summary>1, for numbers of any type.</summary>
    public static Scalar One { get; } = 1L.ToScalar();

    /// <summary>A number that is there until this thread has asked for 64 others.</summary>
    public static Scalar Held(double number) => Keep(number.ToScalar());

    /// <summary>The same, for tensors of whole numbers as well.</summary>
    public static Scalar Held(long number) => Keep(number.ToScalar());

    /// <summary>What a tensor of one element holds, once it is there.</summary>
    public static double Value(this Tensor scalar)
    {
        using Tensor host = scalar.to(ScalarType.Float64, CPU);
        return MemoryMarshal.Read<double>(host.bytes);
    }

    private static Scalar Keep(Scalar number)
    {
        Scalar[] last = _last ??= new Scalar[Kept];
        return last[(_next = (_next + 1) % Kept)] = number;
    }
}
