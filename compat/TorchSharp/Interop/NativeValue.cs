using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>What an argument is; mirrored by Kind in native/operators.cpp.</summary>
internal enum ValueKind { None, Tensor, Int, Double, Bool, IntList, TensorList, OptionalTensorList, String, Device, Generator, DoubleList }

/// <summary>One argument as the shim reads it; mirrored by Value in native/operators.cpp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public ValueKind Kind;
    public int Count;
    public long Bits;
}
