using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Driver;

public sealed class DriverLauncherTests
{
    private const string Scale = "extern \"C\" __global__ void scale(float* to, const float* from, int count, float by) { }";

    private readonly LaunchShape _shape = new(3, 2, 128, 0);

    [FakeCudaFact]
    public void A_launch_brings_grid_block_shared_memory_stream_and_arguments_in_their_order()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);

        launcher.Launch(FakeCuda.Program(Scale), "scale", new LaunchShape(3, 2, 128, 1000), [unchecked((nint)0x7f0012345678), (nint)0x10, -5, 0.25f]);

        Assert.Equal("launch scale grid 3 2 1 block 128 1 1 shared 1000 stream 0 7f0012345678 10 -5 0.25", cuda.Asked[^1]);
    }

    [FakeCudaFact]
    public void A_program_is_compiled_and_loaded_once_however_many_objects_describe_it()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);

        launcher.Prepare(FakeCuda.Program(Scale));
        launcher.Launch(FakeCuda.Program(Scale), "scale", _shape, [(nint)1, (nint)2, 3, 4f]);
        launcher.Launch(FakeCuda.Program(Scale), "scale", _shape, [(nint)1, (nint)2, 3, 4f]);

        string[] asked = cuda.Asked;
        Assert.Single(asked, line => line.StartsWith("compile", StringComparison.Ordinal));
        Assert.Single(asked, line => line.StartsWith("load", StringComparison.Ordinal));
        Assert.Equal(2, asked.Count(line => line.StartsWith("launch", StringComparison.Ordinal)));
    }

    [FakeCudaFact]
    public void Programs_that_differ_in_a_macro_are_two()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);

        launcher.Prepare(new CudaProgram("trial", [], [new("WIDTH", "2")]));
        launcher.Prepare(new CudaProgram("trial", [], [new("WIDTH", "4")]));

        Assert.Equal(2, cuda.Asked.Count(line => line.StartsWith("load", StringComparison.Ordinal)));
    }

    [FakeCudaFact]
    public void Each_GPU_has_its_own_context_and_modules_and_compiled_programs_are_shared()
    {
        using FakeCuda cuda = new();
        CudaSupport support = cuda.Support();
        CudaProgram program = FakeCuda.Program(Scale);

        for (int i = 0; i < 2; i++)
        {
            support.Launcher(0).Launch(program, "scale", _shape, [(nint)1, (nint)2, 3, 4f]);
            support.Launcher(1).Launch(program, "scale", _shape, [(nint)1, (nint)2, 3, 4f]);
        }

        string[] asked = cuda.Asked;
        Assert.Equal(["retain 100a", "retain 100b"], asked.Where(line => line.StartsWith("retain", StringComparison.Ordinal)));
        Assert.Equal(["load into 100a", "load into 100b"], asked.Where(line => line.StartsWith("load", StringComparison.Ordinal)));
        Assert.Single(asked, line => line.StartsWith("compile", StringComparison.Ordinal));
        Assert.Equal(4, asked.Count(line => line.StartsWith("launch", StringComparison.Ordinal)));
    }

    [FakeCudaFact]
    public void Another_context_that_was_current_is_so_again_after_a_launch()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);
        cuda.Current = 0x77;

        launcher.Launch(FakeCuda.Program(Scale), "scale", _shape, [(nint)1, (nint)2, 3, 4f]);

        Assert.Equal(0x77, cuda.Current);
        Assert.Contains("current 100a", cuda.Asked);
    }

    [FakeCudaFact]
    public void A_refused_launch_too_leaves_the_context_that_was_current()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);
        cuda.Current = 0x77;
        cuda.Fail("cuLaunchKernel", 1);

        Assert.Throws<PipelineException>(() => launcher.Launch(FakeCuda.Program(Scale), "scale", _shape, [(nint)1, (nint)2, 3, 4f]));
        Assert.Equal(0x77, cuda.Current);
    }

    [FakeCudaFact]
    public void Where_the_primary_context_is_current_already_none_is_set()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);
        cuda.Current = 0x100a;

        launcher.Launch(FakeCuda.Program(Scale), "scale", _shape, [(nint)1, (nint)2, 3, 4f]);

        Assert.DoesNotContain(cuda.Asked, line => line.StartsWith("current", StringComparison.Ordinal));
    }

    [FakeCudaFact]
    public void Every_launch_asks_torch_for_the_stream_of_its_thread_and_GPU()
    {
        using FakeCuda cuda = new();
        CudaSupport support = cuda.Support(torch: true);
        CudaProgram program = FakeCuda.Program("void go() { }");

        string Launch(int device, nint stream)
        {
            cuda.Stream = stream;
            support.Launcher(device).Launch(program, "go", _shape, []);
            return cuda.Asked.Last(line => line.StartsWith("launch", StringComparison.Ordinal)).Split(" stream ")[1];
        }
        string other = "";
        string first = Launch(0, 0x500);
        Thread thread = new(() => other = Launch(0, 0x700));
        thread.Start();
        thread.Join();

        Assert.Equal(("500", "700", "601", "0"), (first, other, Launch(1, 0x600), Launch(0, 0)));
    }

    [FakeCudaFact]
    public void A_mark_is_made_on_the_thread_s_stream_and_waited_for_alone()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support(torch: true).Launcher(0);
        (cuda.Stream, cuda.Current) = (0x500, 0x77);

        using (CudaEvent mark = launcher.Record())
            mark.Wait();

        Assert.Equal(["event with flags 3", "event stream 500", "wait for event", "destroy event"], cuda.Asked.Where(line => line.StartsWith('e') || line.StartsWith("wait", StringComparison.Ordinal) || line.StartsWith("destroy", StringComparison.Ordinal)));
        Assert.Equal(0x77, cuda.Current);
    }

    [FakeCudaFact]
    public void A_kernel_that_failed_before_a_mark_is_an_error_of_ours_and_the_mark_is_given_back()
    {
        using FakeCuda cuda = new();
        CudaEvent mark = cuda.Support().Launcher(0).Record();
        cuda.Fail("cuEventSynchronize", 700);

        var e = Assert.Throws<PipelineException>(mark.Wait);
        mark.Dispose();
        mark.Dispose(); // once is enough

        Assert.Contains("Fake GPU 0: a kernel or copy has failed: the NVIDIA driver reports CUDA_ERROR_ILLEGAL_ADDRESS", e.Message);
        Assert.Single(cuda.Asked, line => line == "destroy event");
    }

    [FakeCudaFact]
    public void A_torch_that_does_not_tell_its_stream_is_an_error_of_ours()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support(torch: true).Launcher(1);
        cuda.Fail("aoti_torch_get_current_cuda_stream", 1);

        var e = Assert.Throws<PipelineException>(() => launcher.Launch(FakeCuda.Program("void go() { }"), "go", _shape, []));

        Assert.Equal("torch does not tell its CUDA stream of GPU 1 (aoti_torch_get_current_cuda_stream gives 1).", e.Message);
    }

    [FakeCudaFact]
    public void Shared_memory_above_48_KB_is_asked_for_once_and_again_only_for_more()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);
        CudaProgram program = FakeCuda.Program("void go() { }");

        foreach (int bytes in (int[])[49152, 49153, 49153, 50000, 232448, 100])
            launcher.Launch(program, "go", _shape with { SharedBytes = bytes }, []);

        string[] asked = cuda.Asked;
        Assert.Equal(
            ["attribute 8 of go = 49153", "attribute 8 of go = 50000", "attribute 8 of go = 232448"],
            asked.Where(line => line.StartsWith("attribute", StringComparison.Ordinal)));
        Assert.Equal(6, asked.Count(line => line.StartsWith("launch", StringComparison.Ordinal)));
    }

    [FakeCudaFact]
    public void More_shared_memory_than_the_GPU_has_is_refused_with_both_figures()
    {
        using FakeCuda cuda = new();
        cuda.Set("attribute 97", 101376);
        DriverLauncher launcher = cuda.Support().Launcher(0);

        var e = Assert.Throws<PipelineException>(() => launcher.Launch(FakeCuda.Program("void go() { }"), "go", _shape with { SharedBytes = 101377 }, []));

        Assert.Equal("Kernel go of trial asks for 101377 bytes of shared memory a block; Fake GPU 0 has 101376.", e.Message);
    }

    [FakeCudaFact]
    public void A_wrong_number_of_arguments_is_refused_before_the_driver_reads_them()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);

        var e = Assert.Throws<PipelineException>(() => launcher.Launch(FakeCuda.Program(Scale), "scale", _shape, [(nint)1, (nint)2, 3]));

        Assert.Equal("Kernel scale of trial has 4 parameters, not 3.", e.Message);
        Assert.DoesNotContain(cuda.Asked, line => line.StartsWith("launch", StringComparison.Ordinal));
    }

    [FakeCudaFact]
    public void A_refused_launch_names_kernel_shape_and_the_driver_s_error()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);

        var e = Assert.Throws<PipelineException>(() => launcher.Launch(FakeCuda.Program("void go() { }"), "go", new LaunchShape(0, 2, 128, 64), []));

        Assert.Equal(
            "Kernel go of trial on Fake GPU 0, LaunchShape { GridX = 0, GridY = 2, Threads = 128, SharedBytes = 64 }: the NVIDIA driver reports CUDA_ERROR_INVALID_VALUE, invalid argument.",
            e.Message);
    }

    [FakeCudaFact]
    public void An_error_that_an_earlier_kernel_may_have_left_says_so()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);
        cuda.Fail("cuLaunchKernel", 700);

        var e = Assert.Throws<PipelineException>(() => launcher.Launch(FakeCuda.Program("void go() { }"), "go", _shape, []));

        Assert.EndsWith(", or a kernel before it (CUDA_LAUNCH_BLOCKING=1 shows which): the NVIDIA driver reports CUDA_ERROR_ILLEGAL_ADDRESS, an illegal memory access was encountered.", e.Message);
    }

    [FakeCudaFact]
    public void An_error_that_the_driver_has_no_name_for_is_told_by_its_number()
    {
        using FakeCuda cuda = new();
        DriverLauncher launcher = cuda.Support().Launcher(0);
        cuda.Fail("cuLaunchKernel", 9999);

        var e = Assert.Throws<PipelineException>(() => launcher.Launch(FakeCuda.Program("void go() { }"), "go", _shape, []));

        Assert.EndsWith("the NVIDIA driver reports error 9999 (CUresult).", e.Message);
    }

    [FakeCudaFact]
    public void A_kernel_that_the_program_lacks_is_named()
    {
        using FakeCuda cuda = new();

        var e = Assert.Throws<PipelineException>(() => cuda.Support().Launcher(0).Launch(FakeCuda.Program(Scale), "scales", _shape, []));

        Assert.Equal("CUDA program trial has no kernel scales: the NVIDIA driver reports CUDA_ERROR_NOT_FOUND, named symbol not found.", e.Message);
    }

    [FakeCudaFact]
    public void A_program_that_does_not_load_brings_what_the_driver_s_compiler_says()
    {
        using FakeCuda cuda = new();
        cuda.Fail("cuModuleLoadDataEx", 218);

        var e = Assert.Throws<PipelineException>(() => cuda.Support().Launcher(0).Prepare(FakeCuda.Program(Scale)));

        Assert.Equal("CUDA program trial cannot be loaded (ptxas fatal : no such instruction): the NVIDIA driver reports CUDA_ERROR_INVALID_PTX, a PTX JIT compilation failed.", e.Message);
    }

    [FakeCudaFact]
    public void A_program_that_does_not_compile_brings_what_the_compiler_says_with_its_line()
    {
        using FakeCuda cuda = new();

        var e = Assert.Throws<PipelineException>(() => cuda.Support().Launcher(0).Prepare(FakeCuda.Program("#error")));

        Assert.Equal($"CUDA program trial does not compile for sm_90 with NVRTC 12.4 ({cuda.Library}) (NVRTC_ERROR_COMPILATION):\ntrial(7): error: it says #error", e.Message);
    }

    [FakeCudaFact]
    public void Many_threads_that_launch_at_once_load_a_program_once()
    {
        using FakeCuda cuda = new();
        CudaSupport support = cuda.Support();

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            support.Launcher(0).Launch(FakeCuda.Program("void go(int i) { }"), "go", _shape with { SharedBytes = 60000 }, [i]));

        string[] asked = cuda.Asked;
        Assert.Single(asked, line => line.StartsWith("retain", StringComparison.Ordinal));
        Assert.Single(asked, line => line.StartsWith("load", StringComparison.Ordinal));
        Assert.Equal(64, asked.Where(line => line.StartsWith("launch", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]).Distinct().Count());
    }
}
