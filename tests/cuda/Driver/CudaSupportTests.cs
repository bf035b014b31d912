using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Driver;

public sealed class CudaSupportTests
{
    [Fact]
    public void A_machine_without_a_driver_gets_one_line()
    {
        var support = new CudaSupport("libcuda-that-is-not-there.so.1", NvrtcSearch.Here, Path.GetTempPath());

        const string line = "CUDA kernels cannot run. libcuda-that-is-not-there.so.1, a part of NVIDIA's driver, is not installed: install the driver of an NVIDIA GPU.";
        Assert.Equal(0, support.Devices);
        Assert.Equal(line, support.Missing(0));
        Assert.Equal(line, Assert.Throws<PipelineException>(() => support.Launcher(0)).Message);
    }

    [Fact]
    public void This_machine_answers_with_one_line_or_with_a_launcher()
    {
        if (CudaSupport.Here.Missing(0) is { } line)
            Assert.DoesNotContain('\n', line);
        else
            Assert.Same(CudaSupport.Here.Launcher(0), CudaSupport.Here.Launcher(0));
    }

    [FakeCudaFact]
    public void A_machine_that_has_all_gets_a_launcher_that_knows_its_GPU()
    {
        using FakeCuda cuda = new();
        CudaSupport support = cuda.Support();

        Assert.Null(support.Missing(1));
        Assert.Equal(2, support.Devices);
        Assert.Equal(new DeviceInfo(1, "Fake GPU 1", new Version(9, 0), 132, 232448, 50 << 20, new Version(12, 4)), support.Launcher(1).Device);
        Assert.Same(support.Launcher(1), support.Launcher(1));
    }

    [FakeCudaFact]
    public void A_driver_without_GPUs_says_so() =>
        Check(cuda => cuda.Fail("cuInit", 100), 0, "The NVIDIA driver finds no GPU (CUDA_ERROR_NO_DEVICE, no CUDA-capable device is detected): look at nvidia-smi and at CUDA_VISIBLE_DEVICES.");

    [FakeCudaFact]
    public void A_driver_that_does_not_start_says_why() =>
        Check(cuda => cuda.Fail("cuInit", 803), 0, "The NVIDIA driver does not start: the NVIDIA driver reports CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, system has unsupported display driver / cuda driver combination.");

    [FakeCudaFact]
    public void A_GPU_that_is_not_there_is_told_apart_from_no_GPU() =>
        Check(_ => { }, 2, "There is no GPU 2: the NVIDIA driver finds 2, counted from 0. Look at CUDA_VISIBLE_DEVICES.");

    [FakeCudaFact]
    public void A_GPU_number_below_zero_is_none() =>
        Check(_ => { }, -1, "There is no GPU -1: the NVIDIA driver finds 2, counted from 0. Look at CUDA_VISIBLE_DEVICES.");

    [FakeCudaFact]
    public void An_old_GPU_is_named_with_what_is_needed() => Check(
        cuda =>
        {
            cuda.Set("attribute 75", 7);
            cuda.Set("attribute 76", 5);
        },
        0,
        "GPU 0, Fake GPU 0, has compute capability 7.5; kernels need 8.0 or later (Ampere, 2020): take another GPU.");

    [FakeCudaFact]
    public void An_old_driver_is_named_with_what_is_needed() =>
        Check(cuda => cuda.Set("driver", 11010), 0, "The NVIDIA driver is of CUDA 11.1; 11.2 or later is needed: update the driver.");

    [FakeCudaFact]
    public void A_machine_without_NVRTC_is_told_how_to_get_it()
    {
        using FakeCuda cuda = new();
        var support = new CudaSupport(cuda.Library, () => new NvrtcSearch(_ => null, cuda.CacheFolder, [], [], ["libnvrtc-that-is-not-there.so.12"]), cuda.CacheFolder);

        Assert.Equal("CUDA kernels cannot run. NVRTC, NVIDIA's run-time compiler, is not there: run `make nvrtc`, install a CUDA toolkit, or name its library in MHC_NVRTC.", support.Missing(0));
    }

    [FakeCudaFact]
    public void An_NVRTC_of_a_later_CUDA_than_the_driver_s_is_named() =>
        Check(cuda => cuda.Set("nvrtc", 1300), 0, "NVRTC 13.0 (LIBRARY) makes programs that the NVIDIA driver, of CUDA 12.4, does not take: update the driver, or name an NVRTC 12 in MHC_NVRTC.");

    [FakeCudaFact]
    public void PTX_of_an_NVRTC_that_is_newer_than_the_driver_is_not_tried() => Check(
        cuda =>
        {
            cuda.Set("attribute 75", 10);
            cuda.Set("nvrtc", 1205);
        },
        0,
        "NVRTC 12.5 (LIBRARY) does not know Fake GPU 0 (compute capability 10.0), and its PTX is too new for the NVIDIA driver, of CUDA 12.4: update the driver, or name another NVRTC in MHC_NVRTC.");

    [FakeCudaFact]
    public void A_missing_GPU_leaves_the_others_usable()
    {
        using FakeCuda cuda = new();
        CudaSupport support = cuda.Support();

        Assert.NotNull(support.Missing(5));
        Assert.Null(support.Missing(0));
    }

    private static void Check(Action<FakeCuda> change, int device, string expected)
    {
        using FakeCuda cuda = new();
        change(cuda);
        Assert.Equal("CUDA kernels cannot run. " + expected, cuda.Support().Missing(device)?.Replace(cuda.Library, "LIBRARY", StringComparison.Ordinal));
    }
}
