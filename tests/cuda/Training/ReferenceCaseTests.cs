using MhcPipeline.Conformance;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.Fixtures;
using MhcPipeline.Train.Functions;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Cuda.Tests.Training;

/// <summary>The reference cases as <c>make conformance DEVICE=cuda</c> checks them, its kernels' text run on the CPU.</summary>
public sealed class ReferenceCaseTests
{
    [HostTheory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Every_layer_and_head_case_passes_by_the_kernels(ScalarType precision)
    {
        var host = new HostLauncher(lastFirst: false);
        DeviceKernels.OnHost = new(host, SiteCase.LargeDevice);
        try
        {
            string[] files = [.. Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "tests", "conformance", "cases"), "*.safetensors").Order(StringComparer.Ordinal)];
            Assert.NotEmpty(files);
            foreach (string file in files)
            {
                CaseResult result = new MixingCase(file, CPU, precision).Run();
                Assert.True(result.Passed, result.ToString());
                Assert.Contains(result.Errors, error => error.Tensor == "kernels' grad_fn");
            }
            Assert.Contains(host.Launched, launched => launched.Kernel == "site_backward_plain");
            Assert.Equal(precision == ScalarType.BFloat16, host.Launched.Exists(launched => launched.Kernel == "site_gradients"));
        }
        finally
        {
            DeviceKernels.OnHost = null;
        }
    }
}
