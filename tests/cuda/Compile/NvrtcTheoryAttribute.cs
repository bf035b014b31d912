using Xunit;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>A test of several cases that compiles for GPUs, where NVRTC is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NvrtcTheoryAttribute : TheoryAttribute
{
    public NvrtcTheoryAttribute() => Skip = CompilerAtHand.Missing;
}
