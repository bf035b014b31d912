using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests;

/// <summary>A theory that runs kernels on the CPU, and so needs g++.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostTheoryAttribute : TheoryAttribute
{
    public HostTheoryAttribute() => Skip = HostCompiler.Missing;
}
