using MhcPipeline.GpuCheck.Figures;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>A test that runs python3, where it is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() => Skip = PeerSection.Python() is null ? "python3 is not there" : null;
}
