using System.Diagnostics;
using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Driver;

/// <summary>The driver, compiler and torch of fake_cuda.cpp: each object has a library of its own, with a state of its own.</summary>
internal sealed unsafe class FakeCuda : IDisposable
{
    private static readonly Lazy<(string? Library, string? Error)> _built = new(Build);

    private readonly string _folder = Directory.CreateTempSubdirectory("mhc-fake-cuda-").FullName;
    private readonly nint _handle;

    public FakeCuda()
    {
        Library = Copy("libtorch_cuda.so");
        _handle = NativeLibrary.Load(Library);
    }

    /// <summary>Why the library cannot be had; null if it can.</summary>
    public static string? Error => _built.Value.Error;

    /// <summary>The library: driver, compiler and torch are one.</summary>
    public string Library { get; }

    public string CacheFolder => Path.Combine(_folder, "cache");

    /// <summary>What was asked, in order; cleared when read.</summary>
    public string[] Asked
    {
        get
        {
            string[] all = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)Export("fake_log"))())!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string[] since = all[_read..];
            _read = all.Length;
            return since;
        }
    }

    private int _read;

    /// <summary>The context that is current on this thread.</summary>
    public nint Current
    {
        get => ((delegate* unmanaged<nint>)Export("fake_current"))();
        set => ((delegate* unmanaged<nint, void>)Export("fake_context"))(value);
    }

    /// <summary>torch's stream of GPU 0 on this thread; that of GPU 1 is one more.</summary>
    public nint Stream
    {
        set => ((delegate* unmanaged<nint, void>)Export("fake_stream"))(value);
    }

    public void Set(string name, int value) => WithText(name, text => ((delegate* unmanaged<nint, int, void>)Export("fake_set"))(text, value));

    public void Fail(string function, int result) => WithText(function, text => ((delegate* unmanaged<nint, int, void>)Export("fake_fail"))(text, result));

    /// <summary>What a new process on this machine would have.</summary>
    public CudaSupport Support(bool torch = false) => new(Library, () => Search(torch), CacheFolder);

    /// <summary>A search that finds the fake alone.</summary>
    public NvrtcSearch Search(bool torch = false) => new(name => name == NvrtcSearch.Variable ? Library : null, _folder, torch ? [Library] : [], [], []);

    /// <summary>A program with this text.</summary>
    public static CudaProgram Program(string text) => new("trial", [], [new("TRIAL", "1\n" + text)]);

    /// <summary>The same library under another name.</summary>
    public string Copy(string name)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(_built.Value.Library!, path);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void WithText(string text, Action<nint> use)
    {
        nint native = Marshal.StringToCoTaskMemUTF8(text);
        use(native);
        Marshal.FreeCoTaskMem(native);
    }

    private nint Export(string function) => NativeLibrary.GetExport(_handle, function);

    private static (string? Library, string? Error) Build()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "fake_cuda.so");
        string source = Path.Combine(AppContext.BaseDirectory, "Driver", "fake_cuda.cpp");
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("g++", ["-std=c++17", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", source, "-o", library]) { RedirectStandardError = true })!;
            string said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? (library, null) : throw new InvalidOperationException($"fake_cuda.cpp does not compile: {said}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "g++ is not there, which compiles the driver that stands in for NVIDIA's");
        }
    }
}
