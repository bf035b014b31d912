using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests;

/// <summary>A fact that runs kernels on the CPU, and so needs g++.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFactAttribute : FactAttribute
{
    public HostFactAttribute() => Skip = HostCompiler.Missing;
}
