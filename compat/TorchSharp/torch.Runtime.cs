using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of libtorch underneath.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)Native.shim_version())!;

    public static int get_num_threads() => Native.shim_get_num_threads();

    public static void set_num_threads(int num) => Native.Check(Native.shim_set_num_threads(num));
}
