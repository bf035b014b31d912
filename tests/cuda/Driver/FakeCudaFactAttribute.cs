using Xunit;

namespace MhcPipeline.Cuda.Tests.Driver;

/// <summary>A test with the driver of fake_cuda.cpp, where a C++ compiler is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FakeCudaFactAttribute : FactAttribute
{
    public FakeCudaFactAttribute() => Skip = FakeCuda.Error;
}
