using MhcPipeline.Core.Kernels.Cuda;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Driver;

public sealed class KernelCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mhc-kernel-cache-").FullName;
    private int _compiled;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_compiled_is_read_by_the_next_process()
    {
        byte[] first = new KernelCache(_folder).Get("key", () => Compile(1, 2, 3));
        byte[] second = new KernelCache(_folder).Get("key", () => Compile(9));

        Assert.Equal([1, 2, 3], first);
        Assert.Equal([1, 2, 3], second);
        Assert.Equal(1, _compiled);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(34)]
    public void A_file_cut_short_is_compiled_again(int bytes)
    {
        new KernelCache(_folder).Get("key", () => Compile(1, 2, 3));
        string file = Directory.GetFiles(_folder).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..bytes]);

        Assert.Equal([4, 5], new KernelCache(_folder).Get("key", () => Compile(4, 5)));
        Assert.Equal([4, 5], new KernelCache(_folder).Get("key", () => Compile(6)));
        Assert.Equal(2, _compiled);
    }

    [Fact]
    public void A_file_with_one_byte_changed_is_compiled_again()
    {
        new KernelCache(_folder).Get("key", () => Compile(1, 2, 3));
        string file = Directory.GetFiles(_folder).Single();
        byte[] content = File.ReadAllBytes(file);
        content[^1] ^= 1;
        File.WriteAllBytes(file, content);

        Assert.Equal([1, 2, 3], new KernelCache(_folder).Get("key", () => Compile(1, 2, 3)));
        Assert.Equal(2, _compiled);
    }

    [Fact]
    public void Nothing_but_whole_files_is_left_in_the_folder()
    {
        new KernelCache(_folder).Get("key", () => Compile(1));

        Assert.Equal(["key.kernels"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_means_compiling_every_time()
    {
        string file = Path.Combine(_folder, "a-file");
        File.WriteAllText(file, "");
        var cache = new KernelCache(Path.Combine(file, "below"));

        Assert.Equal([1], cache.Get("key", () => Compile(1)));
        Assert.Equal([2], cache.Get("key", () => Compile(2)));
    }

    [Fact]
    public void Beyond_the_bound_the_file_not_used_for_longest_goes()
    {
        var cache = new KernelCache(_folder, bound: 3 * (32 + 100));
        foreach (string key in (string[])["a", "b", "c"])
            cache.Get(key, () => Compile(new byte[100]));
        Age("a", 3);
        Age("b", 2);
        Age("c", 1);
        cache.Get("a", () => Compile(1)); // used again: b is the oldest now
        cache.Get("d", () => Compile(new byte[100]));

        Assert.Equal(["a", "c", "d"], Directory.GetFiles(_folder).Select(file => Path.GetFileNameWithoutExtension(file)).Order());
    }

    [Fact]
    public void A_program_above_the_bound_is_kept_alone()
    {
        var cache = new KernelCache(_folder, bound: 10);
        cache.Get("a", () => Compile(1));
        cache.Get("b", () => Compile(2));

        Assert.Equal(["b.kernels"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void An_error_of_the_compiler_goes_through_and_leaves_no_file()
    {
        Assert.Throws<InvalidOperationException>(() => new KernelCache(_folder).Get("key", () => throw new InvalidOperationException()));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Each_part_of_a_key_and_where_it_ends_counts()
    {
        string[] keys = [KernelCache.Key("text", "90", "12.4"), KernelCache.Key("text", "80", "12.4"), KernelCache.Key("text9", "0", "12.4"), KernelCache.Key("text", "90", "12.5"), KernelCache.Key("text", "90")];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(KernelCache.Key("text", "90", "12.4"), keys[0]);
    }

    [Fact]
    public void The_folder_is_the_named_one_or_in_the_user_s_cache()
    {
        Assert.Equal("/somewhere", KernelCache.Folder(name => name == "MHC_CUDA_CACHE" ? "/somewhere" : "/other"));
        Assert.EndsWith(Path.Combine("mhc-pipeline", "cuda"), KernelCache.Folder(_ => null));
        if (!OperatingSystem.IsWindows())
            Assert.Equal("/xdg/mhc-pipeline/cuda", KernelCache.Folder(name => name == "XDG_CACHE_HOME" ? "/xdg" : null));
    }

    [FakeCudaFact]
    public void Another_process_on_the_same_machine_compiles_nothing()
    {
        using FakeCuda cuda = new();
        CudaProgram program = FakeCuda.Program("void go() { }");
        cuda.Support().Launcher(0).Prepare(program);
        cuda.Support().Launcher(0).Prepare(program);

        Assert.Single(cuda.Asked, line => line.StartsWith("compile", StringComparison.Ordinal));
    }

    [FakeCudaFact]
    public void Another_driver_another_NVRTC_and_another_kind_of_GPU_compile_anew()
    {
        using FakeCuda cuda = new();
        CudaProgram program = FakeCuda.Program("void go() { }");
        cuda.Support().Launcher(0).Prepare(program);
        cuda.Set("driver", 12050);
        cuda.Support().Launcher(0).Prepare(program);
        cuda.Set("nvrtc", 1203);
        cuda.Support().Launcher(0).Prepare(program);
        cuda.Set("attribute 75", 8);
        cuda.Support().Launcher(0).Prepare(program);

        Assert.Equal(
            ["--gpu-architecture=sm_90", "--gpu-architecture=sm_90", "--gpu-architecture=sm_90", "--gpu-architecture=sm_80"],
            cuda.Asked.Where(line => line.StartsWith("compile", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]));
    }

    private void Age(string key, int hours) => File.SetLastWriteTimeUtc(Path.Combine(_folder, key + ".kernels"), DateTime.UtcNow.AddHours(-hours));

    private byte[] Compile(params byte[] image)
    {
        _compiled++;
        return image;
    }
}
