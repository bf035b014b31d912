using Xunit;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>A test that compiles for GPUs, where NVRTC is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NvrtcFactAttribute : FactAttribute
{
    public NvrtcFactAttribute() => Skip = CompilerAtHand.Missing;
}
