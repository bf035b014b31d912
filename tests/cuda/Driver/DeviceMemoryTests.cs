using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Driver;

public sealed class DeviceMemoryTests
{
    [FakeCudaFact]
    public void What_is_written_is_read_and_other_contexts_stay_current()
    {
        using FakeCuda cuda = new();
        var memory = new DeviceMemory(cuda.Support().Launcher(0));
        cuda.Current = 0x77;
        nint address = memory.Allocate(4);
        memory.Fill(address, 7, 4);
        memory.Write(address + 1, [1, 2]);
        byte[] read = new byte[4];

        memory.Read(address, read);
        memory.Free(address);

        Assert.Equal([7, 1, 2, 7], read);
        Assert.Equal(0x77, cuda.Current);
    }

    [FakeCudaFact]
    public void Memory_alone_needs_no_compiler_and_waits_on_the_whole_GPU()
    {
        using FakeCuda cuda = new();
        DeviceMemory memory = new CudaSupport(cuda.Library, () => throw new InvalidOperationException("NVRTC is looked for"), cuda.CacheFolder).Memory(1);
        nint from = memory.Allocate(2), to = memory.Allocate(2);
        memory.Write(from, [5, 6]);
        memory.Copy(to, from, 2);
        memory.Wait();
        byte[] read = new byte[2];
        memory.Read(to, read);

        Assert.Equal([5, 6], read);
        Assert.Equal(["copy 2 stream 0", "wait"], cuda.Asked.Where(line => line.StartsWith("copy", StringComparison.Ordinal) || line == "wait"));
    }

    [FakeCudaFact]
    public void Memory_that_cannot_be_had_says_why()
    {
        using FakeCuda cuda = new();
        Assert.StartsWith("There is no GPU 2", Assert.Throws<PipelineException>(() => cuda.Support().Memory(2)).Message, StringComparison.Ordinal);
        Assert.StartsWith("GPU 0 cannot be used. no-such-driver.so,", Assert.Throws<PipelineException>(() => new CudaSupport("no-such-driver.so", () => throw new InvalidOperationException(), cuda.CacheFolder).Memory(0)).Message, StringComparison.Ordinal);
    }

    [FakeCudaFact]
    public void Too_little_memory_is_told_with_the_GPU_and_the_bytes()
    {
        using FakeCuda cuda = new();
        var memory = new DeviceMemory(cuda.Support().Launcher(1));
        cuda.Fail("cuMemAlloc_v2", 2);

        Assert.Equal(
            "GPU 1, Fake GPU 1: 1000 bytes of memory cannot be had: the NVIDIA driver reports CUDA_ERROR_OUT_OF_MEMORY, out of memory.",
            Assert.Throws<PipelineException>(() => memory.Allocate(1000)).Message);
    }

    [FakeCudaFact]
    public void A_kernel_s_failure_shows_when_its_results_are_read()
    {
        using FakeCuda cuda = new();
        var memory = new DeviceMemory(cuda.Support().Launcher(0));
        nint address = memory.Allocate(4);
        cuda.Fail("cuMemcpyDtoH_v2", 700);

        Assert.Equal(
            "GPU 0, Fake GPU 0: memory cannot be read, or a kernel before has failed: the NVIDIA driver reports CUDA_ERROR_ILLEGAL_ADDRESS, an illegal memory access was encountered.",
            Assert.Throws<PipelineException>(() => memory.Read(address, new byte[4])).Message);
    }
}
