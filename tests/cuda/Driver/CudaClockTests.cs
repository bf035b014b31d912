using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Driver;

public sealed class CudaClockTests
{
    private const string Kernel = "extern \"C\" __global__ void work(int a) { }";

    [FakeCudaFact]
    public void Marks_tell_the_time_of_what_was_launched_between_them()
    {
        using FakeCuda cuda = new();
        cuda.Set("launch ms", 3);
        DriverLauncher launcher = cuda.Support().Launcher(0);
        using CudaClock clock = new(launcher);
        CudaProgram program = FakeCuda.Program(Kernel);

        int first = clock.Mark();
        launcher.Launch(program, "work", new(1, 1, 32, 0), [1]);
        int second = clock.Mark();
        launcher.Launch(program, "work", new(1, 1, 32, 0), [1]);
        launcher.Launch(program, "work", new(1, 1, 32, 0), [1]);
        int third = clock.Mark();

        Assert.Equal([3.0, 6, 9], [clock.Milliseconds(first, second), clock.Milliseconds(second, third), clock.Milliseconds(first, third)]);
    }

    [FakeCudaFact]
    public void Cleared_marks_are_used_again_and_given_back_at_the_end()
    {
        using FakeCuda cuda = new();
        cuda.Set("copy ms", 2);
        DriverLauncher launcher = cuda.Support().Launcher(0);
        DeviceMemory memory = new(launcher);
        nint from = memory.Allocate(8), to = memory.Allocate(8);
        memory.Write(from, [1, 2, 3, 4, 5, 6, 7, 8]);
        using (CudaClock clock = new(launcher))
        {
            clock.Mark();
            clock.Mark();
            clock.Clear();
            Assert.Equal(0, clock.Mark());
            memory.Copy(to, from, 8);
            Assert.Equal(1, clock.Mark());
            Assert.Equal(2, clock.Milliseconds(0, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => clock.Milliseconds(1, 2));
        }
        byte[] copied = new byte[8];
        memory.Read(to, copied);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], copied);
        Assert.Equal(2, cuda.Asked.Count(line => line == "destroy event"));
    }

    [FakeCudaFact]
    public void Marks_and_copies_are_on_torch_s_stream_and_leave_its_context()
    {
        using FakeCuda cuda = new();
        cuda.Stream = 0x50;
        DriverLauncher launcher = cuda.Support(torch: true).Launcher(1);
        DeviceMemory memory = new(launcher);
        nint from = memory.Allocate(8), to = memory.Allocate(8);
        cuda.Current = 0x77;
        using CudaClock clock = new(launcher);
        _ = cuda.Asked;

        clock.Mark();
        memory.Copy(to, from, 8);

        Assert.Equal(["event stream 51", "copy 8 stream 51"], cuda.Asked.Where(line => line.Contains("stream", StringComparison.Ordinal)));
        Assert.Equal(0x77, cuda.Current);
    }

    [FakeCudaFact]
    public void A_kernel_s_failure_shows_when_the_time_is_asked()
    {
        using FakeCuda cuda = new();
        using CudaClock clock = new(cuda.Support().Launcher(0));
        clock.Mark();
        cuda.Fail("cuEventSynchronize", 700);

        Assert.Equal(
            "GPU 0, Fake GPU 0: times cannot be taken, or a kernel before has failed: the NVIDIA driver reports CUDA_ERROR_ILLEGAL_ADDRESS, an illegal memory access was encountered.",
            Assert.Throws<PipelineException>(() => clock.Milliseconds(0, 0)).Message);
    }
}
