using System.Runtime.Intrinsics;

namespace MhcPipeline.Core.Kernels.Simd;

/// <summary>What the machine that runs the kernels has.</summary>
public static class Machine
{
    /// <summary>Numbers in its widest vectors: 16, 8 or 4; 1 without any. The runtime's switches (DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0, DOTNET_EnableHWIntrinsic=0) make it a narrower one.</summary>
    public static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 4 : 1;
}
