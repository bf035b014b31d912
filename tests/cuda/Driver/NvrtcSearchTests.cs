using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Driver;

public sealed class NvrtcSearchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mhc-nvrtc-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_order_is_make_nvrtc_then_loaded_then_beside_torch_then_toolkits_then_names()
    {
        string made = Touch("repository/artifacts/nvrtc/libnvrtc.so.12");
        string loaded = Touch("loaded/libnvrtc.so.12");
        string torch = Touch("torch/libnvrtc-2bb82d1a.so.12");
        string home = Touch("home/lib64/libnvrtc.so.12");
        string local = Touch("local/lib64/libnvrtc.so.13");
        NvrtcSearch search = new(
            name => name == "CUDA_HOME" ? At("home") : null,
            At("repository/artifacts/bin/program"),
            [Touch("torch/libtorch_cuda.so"), loaded, Touch("torch/libc10.so")],
            [At("absent"), At("local")],
            ["libnvrtc.so.13", "libnvrtc.so.12"]);

        Assert.Equal([made, loaded, torch, home, local, "libnvrtc.so.13", "libnvrtc.so.12"], search.Libraries());
    }

    [Fact]
    public void The_variable_names_a_library_and_nothing_else_is_tried()
    {
        string named = Touch("named/libnvrtc.so.12");
        Touch("repository/artifacts/nvrtc/libnvrtc.so.12");

        Assert.Equal([named], Search(named, At("repository")).Libraries());
    }

    [Fact]
    public void The_variable_may_name_a_folder()
    {
        string named = Touch("named/libnvrtc.so.12");

        Assert.Equal([named], Search(At("named"), _root).Libraries());
    }

    [Fact]
    public void A_variable_that_names_nothing_is_an_error()
    {
        var e = Assert.Throws<PipelineException>(() => Search(At("absent"), _root).Libraries());

        Assert.Equal($"MHC_NVRTC names {At("absent")}, where no NVRTC is: name the library libnvrtc.so.* or its folder.", e.Message);
    }

    [Fact]
    public void Of_a_folder_the_latest_comes_first_and_builtins_are_none()
    {
        string[] wanted = [Touch("n/libnvrtc.so.13"), Touch("n/libnvrtc.so.12"), Touch("n/libnvrtc.so.12.4.127"), Touch("n/libnvrtc.so.11.2")];
        Touch("n/libnvrtc-builtins.so.13.0");
        Touch("n/libnvrtc-builtins.alt.so.12.8");
        Touch("n/libnvrtc.alt.so.12");
        Touch("n/libnvrtc_static.a");

        Assert.Equal(wanted, Search(At("n"), _root).Libraries());
    }

    [FakeCudaFact]
    public void A_library_that_is_none_is_passed_over_and_one_that_fits_is_taken()
    {
        using FakeCuda cuda = new();
        Touch("repository/artifacts/nvrtc/libnvrtc.so.12"); // an empty file
        NvrtcSearch search = new(_ => null, At("repository"), [cuda.Copy("libnvrtc.so.12")], [], []);

        Assert.EndsWith("libnvrtc.so.12", search.For(Device(9, 0)).Library);
        Assert.StartsWith(Path.GetDirectoryName(cuda.Library)!, search.For(Device(9, 0)).Library);
    }

    [Fact]
    public void Where_none_loads_the_error_names_the_first_that_was_there()
    {
        string broken = Touch("repository/artifacts/nvrtc/libnvrtc.so.12");

        var e = Assert.Throws<PipelineException>(() => new NvrtcSearch(_ => null, At("repository"), [], [], ["libnvrtc-that-is-not-there.so.12"]).For(Device(9, 0)));

        Assert.Equal($"{broken} cannot be loaded.", e.Message);
    }

    [FakeCudaFact]
    public void A_known_GPU_gets_machine_code_and_a_later_one_PTX_of_the_latest_before_it()
    {
        using FakeCuda cuda = new();
        var nvrtc = new Nvrtc(cuda.Library);

        Assert.Equal("sm_86", nvrtc.Target(Device(8, 6)).Architecture);
        Assert.Equal("compute_86", nvrtc.Target(Device(8, 7)).Architecture);
        Assert.Equal("compute_90", nvrtc.Target(Device(12, 0)).Architecture);
        Assert.Equal("compute_90", new Nvrtc(cuda.Library).Target(Device(10, 3)).Architecture);
    }

    [FakeCudaFact]
    public void A_GPU_before_all_that_the_compiler_knows_is_refused()
    {
        using FakeCuda cuda = new();

        var e = Assert.Throws<PipelineException>(() => new Nvrtc(cuda.Library).Target(Device(7, 5)));

        Assert.Equal($"NVRTC 12.4 ({cuda.Library}) no longer knows a GPU (compute capability 7.5): name an older one in MHC_NVRTC.", e.Message);
    }

    private static DeviceInfo Device(int major, int minor) => new(0, "a GPU", new Version(major, minor), 1, 1, 1, new Version(12, 4));

    private static NvrtcSearch Search(string named, string program) => new(name => name == "MHC_NVRTC" ? named : null, program, [], [], []);

    private string At(string path) => Path.Combine(_root, path);

    private string Touch(string path)
    {
        string file = At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "");
        return file;
    }
}
