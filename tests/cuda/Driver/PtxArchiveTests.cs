using System.IO.Compression;
using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Driver;

/// <summary>Programs that were compiled when the library was built, on a machine without NVRTC.</summary>
public sealed class PtxArchiveTests
{
    private static readonly LaunchShape _shape = new(1, 1, 32, 0);

    [FakeCudaFact]
    public void Without_NVRTC_a_compiled_program_is_loaded_and_launched()
    {
        using FakeCuda cuda = new();
        CudaProgram program = FakeCuda.Program("void go(int i) { }");
        CudaSupport support = Without(cuda, Archive(cuda, program));
        _ = cuda.Asked;

        Assert.Null(support.Missing(0));
        support.Launcher(0).Launch(program, "go", _shape, [7]);

        string[] asked = cuda.Asked;
        Assert.DoesNotContain(asked, line => line.StartsWith("compile", StringComparison.Ordinal));
        Assert.Single(asked, line => line.StartsWith("load", StringComparison.Ordinal));
        Assert.EndsWith(" stream 0 7", asked[^1]);
        Assert.Equal("NVRTC 12.4, when the library was built", support.Launcher(0).Compiler);
    }

    [FakeCudaFact]
    public void A_program_whose_text_has_changed_since_is_refused_with_one_line()
    {
        using FakeCuda cuda = new();
        CudaSupport support = Without(cuda, Archive(cuda, FakeCuda.Program("void go() { }")));

        var e = Assert.Throws<PipelineException>(() => support.Launcher(0).Launch(FakeCuda.Program("void go() { } // changed"), "go", _shape, []));

        Assert.Equal(
            "CUDA program trial was compiled from another text when the library was built, and there is no NVRTC to compile it: build again with NVRTC at hand, or run `make nvrtc`, install a CUDA toolkit, or name its library in MHC_NVRTC.",
            e.Message);
        Assert.DoesNotContain(cuda.Asked, line => line.StartsWith("load", StringComparison.Ordinal));
    }

    [FakeCudaFact]
    public void A_program_that_was_not_compiled_is_refused_with_one_line()
    {
        using FakeCuda cuda = new();
        CudaSupport support = Without(cuda, Archive(cuda, FakeCuda.Program("void go() { }")));

        var e = Assert.Throws<PipelineException>(() => support.Launcher(0).Prepare(FakeCuda.Program("void go() { }") with { Name = "other" }));

        Assert.Equal(
            "CUDA program other is not among the 1 that were compiled when the library was built, and there is no NVRTC to compile it: run `make nvrtc`, install a CUDA toolkit, or name its library in MHC_NVRTC.",
            e.Message);
    }

    [FakeCudaFact]
    public void A_driver_that_is_older_than_the_PTX_says_so()
    {
        using FakeCuda cuda = new();
        PtxArchive archive = Archive(cuda, FakeCuda.Program("void go() { }"));
        cuda.Set("driver", 12030);

        Assert.Equal(
            "CUDA kernels cannot run. NVRTC, NVIDIA's run-time compiler, is not there: run `make nvrtc`, install a CUDA toolkit, or name its library in MHC_NVRTC. "
            + "The programs that were compiled when the library was built are PTX of CUDA 12.4, too new for the NVIDIA driver, of CUDA 12.3: or update the driver.",
            Without(cuda, archive).Missing(0));
    }

    [FakeCudaFact]
    public void Where_NVRTC_is_it_compiles()
    {
        using FakeCuda cuda = new();
        CudaProgram program = FakeCuda.Program("void go() { }");
        PtxArchive archive = Archive(cuda, program);
        _ = cuda.Asked;
        var support = new CudaSupport(cuda.Library, () => cuda.Search(), cuda.CacheFolder, archive);

        support.Launcher(0).Prepare(program);

        Assert.Contains(cuda.Asked, line => line.StartsWith("compile trial --gpu-architecture=sm_90", StringComparison.Ordinal));
        Assert.Equal($"NVRTC 12.4 ({cuda.Library})", support.Launcher(0).Compiler);
    }

    [FakeCudaFact]
    public void A_wrong_name_in_MHC_NVRTC_is_not_passed_over()
    {
        using FakeCuda cuda = new();
        var support = new CudaSupport(
            cuda.Library, () => cuda.Search() with { Environment = _ => "/not/there" }, cuda.CacheFolder, Archive(cuda, FakeCuda.Program("void go() { }")));

        Assert.Equal("CUDA kernels cannot run. MHC_NVRTC names /not/there, where no NVRTC is: name the library libnvrtc.so.* or its folder.", support.Missing(0));
    }

    [FakeCudaFact]
    public void Programs_are_compiled_for_Ampere_and_again_only_where_their_text_has_changed()
    {
        using FakeCuda cuda = new();
        CudaProgram first = FakeCuda.Program("void go() { }") with { Name = "first" }, second = FakeCuda.Program("void go() { }") with { Name = "second" };
        string path = Path.Combine(cuda.CacheFolder, "programs.zip");
        Nvrtc nvrtc = new(cuda.Library);

        Assert.Equal(2, PtxArchive.Write(path, nvrtc, [first, second]));
        Assert.Contains(cuda.Asked, line => line.StartsWith("compile second --gpu-architecture=compute_80", StringComparison.Ordinal));
        byte[] before = File.ReadAllBytes(path);
        Assert.Equal(0, PtxArchive.Write(path, nvrtc, [first, second]));
        CudaProgram changed = FakeCuda.Program("void go(int i) { }") with { Name = "second" };
        Assert.Equal(1, PtxArchive.Write(path, nvrtc, [first, changed]));

        Assert.NotEqual(before, File.ReadAllBytes(path));
        var archive = new PtxArchive(File.ReadAllBytes(path));
        Assert.Equal(["first", "second"], archive.Programs.Order(StringComparer.Ordinal));
        Assert.Contains("void go(int i)", Encoding.UTF8.GetString(archive.Get("second", changed.Text())));
        Assert.Throws<PipelineException>(() => archive.Get("second", second.Text()));
    }

    [FakeCudaFact]
    public void Another_compiler_compiles_all_again()
    {
        using FakeCuda cuda = new();
        string path = Path.Combine(cuda.CacheFolder, "programs.zip");
        CudaProgram program = FakeCuda.Program("void go() { }");
        PtxArchive.Write(path, new Nvrtc(cuda.Library), [program]);
        cuda.Set("nvrtc", 1205);

        Assert.Equal(1, PtxArchive.Write(path, new Nvrtc(cuda.Library), [program]));
        Assert.Equal(new Version(12, 5), new PtxArchive(File.ReadAllBytes(path)).Compiler);
    }

    [FakeCudaFact]
    public void What_is_no_such_file_is_written_anew()
    {
        using FakeCuda cuda = new();
        string path = Path.Combine(cuda.CacheFolder, "programs.zip");
        Directory.CreateDirectory(cuda.CacheFolder);
        File.WriteAllBytes(path, [1, 2, 3]);

        Assert.Equal(1, PtxArchive.Write(path, new Nvrtc(cuda.Library), [FakeCuda.Program("void go() { }")]));
    }

    [Fact]
    public void A_damaged_file_is_an_error_of_ours()
    {
        var zip = new MemoryStream();
        using (new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true) { Comment = "none" })
        {
            // no entries, and no version
        }

        Assert.StartsWith("The file of compiled CUDA programs is damaged (", Assert.Throws<PipelineException>(() => new PtxArchive([1, 2, 3])).Message);
        Assert.EndsWith("make it again with `make ptx`.", Assert.Throws<PipelineException>(() => new PtxArchive(zip.ToArray())).Message);
    }

    private static CudaSupport Without(FakeCuda cuda, PtxArchive archive) =>
        new(cuda.Library, () => new NvrtcSearch(_ => null, cuda.CacheFolder, [], [], ["libnvrtc-that-is-not-there.so.12"]), cuda.CacheFolder, archive);

    private static PtxArchive Archive(FakeCuda cuda, params IReadOnlyList<CudaProgram> programs)
    {
        string path = Path.Combine(cuda.CacheFolder, "programs.zip");
        PtxArchive.Write(path, new Nvrtc(cuda.Library), programs);
        return new PtxArchive(File.ReadAllBytes(path));
    }
}
