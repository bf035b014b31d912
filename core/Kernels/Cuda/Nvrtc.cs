using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>NVIDIA's run-time compiler (nvrtc.h): CUDA C++ to machine code or PTX. It needs neither a GPU nor a driver.</summary>
public sealed unsafe class Nvrtc
{
    /// <summary>What every program is compiled with, besides the architecture.</summary>
    public static readonly IReadOnlyList<string> Options = ["--std=c++17", "--device-as-default-execution-space"];

    private readonly nint _handle;

    /// <summary>Loads a libnvrtc, and the built-in functions beside it, which it would look for in the system's folders alone.</summary>
    /// <param name="library">A path, or a name that the system knows.</param>
    /// <exception cref="PipelineException">It cannot be loaded or is too old.</exception>
    public Nvrtc(string library)
    {
        Library = library;
        if (!NativeLibrary.TryLoad(library, out _handle))
            throw new PipelineException($"{library} cannot be loaded.");
        int major, minor;
        Check(((delegate* unmanaged<int*, int*, int>)Export("nvrtcVersion"))(&major, &minor), $"{library} does not tell its version");
        Version = new Version(major, minor);
        PreloadBuiltins();

        int count;
        Check(((delegate* unmanaged<int*, int>)Export("nvrtcGetNumSupportedArchs"))(&count), $"{library} does not tell what it compiles for");
        int[] architectures = new int[count];
        fixed (int* first = architectures)
            Check(((delegate* unmanaged<int*, int>)Export("nvrtcGetSupportedArchs"))(first), $"{library} does not tell what it compiles for");
        Architectures = [.. architectures.Order()];
    }

    /// <summary>The path or name it was loaded by.</summary>
    public string Library { get; }

    /// <summary>The CUDA version it belongs to.</summary>
    public Version Version { get; }

    /// <summary>The architectures it compiles for, ascending: 90 is sm_90.</summary>
    public IReadOnlyList<int> Architectures { get; }

    /// <summary>Machine code where the compiler knows the GPU, else PTX of the latest earlier architecture, which the driver compiles.</summary>
    /// <exception cref="PipelineException">The compiler, or its pairing with this driver, cannot serve the GPU.</exception>
    public CudaTarget Target(DeviceInfo device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (Version.Major > device.Driver.Major)
            throw new PipelineException($"{this} makes programs that the NVIDIA driver, of CUDA {device.Driver}, does not take: update the driver, or name an NVRTC {device.Driver.Major} in {NvrtcSearch.Variable}.");
        if (Architectures.Contains(device.Architecture))
            return new CudaTarget($"sm_{device.Architecture}");
        int best = Architectures.LastOrDefault(known => known < device.Architecture);
        if (best == 0)
            throw new PipelineException($"{this} no longer knows {device.Name} (compute capability {device.Capability}): name an older one in {NvrtcSearch.Variable}.");
        if (Version > device.Driver)
            throw new PipelineException($"{this} does not know {device.Name} (compute capability {device.Capability}), and its PTX is too new for the NVIDIA driver, of CUDA {device.Driver}: update the driver, or name another NVRTC in {NvrtcSearch.Variable}.");
        return new CudaTarget($"compute_{best}");
    }

    /// <summary>Compiles a program.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="text">CUDA C++ without #include.</param>
    /// <param name="target">What to make.</param>
    /// <param name="options">Beyond <see cref="Options"/>.</param>
    /// <exception cref="PipelineException">It does not compile; the message has what the compiler says, with file and line.</exception>
    public CompiledProgram Compile(string name, string text, CudaTarget target, params IReadOnlyList<string> options)
    {
        ArgumentNullException.ThrowIfNull(target);
        nint program;
        fixed (byte* source = NativeText.Of(text), file = NativeText.Of(name))
            Check(((delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)Export("nvrtcCreateProgram"))(&program, source, file, 0, null, null), $"CUDA program {name} cannot be begun");
        try
        {
            int result = Compile(program, [$"--gpu-architecture={target.Architecture}", .. Options, .. options]);
            string log = NativeText.From(Read(program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog")).Trim();
            if (result != 0)
                throw new PipelineException($"CUDA program {name} does not compile for {target.Architecture} with {this} ({Error(result)}){(log.Length == 0 ? "." : $":\n{log}")}");
            return target.IsMachineCode
                ? new CompiledProgram(Read(program, "nvrtcGetCUBINSize", "nvrtcGetCUBIN"), log)
                : new CompiledProgram(Read(program, "nvrtcGetPTXSize", "nvrtcGetPTX"), log);
        }
        finally
        {
            ((delegate* unmanaged<nint*, int>)Export("nvrtcDestroyProgram"))(&program);
        }
    }

    /// <summary>"NVRTC 12.4 (path)".</summary>
    public override string ToString() => $"NVRTC {Version} ({Library})";

    private int Compile(nint program, string[] options)
    {
        nint[] texts = [.. options.Select(Marshal.StringToCoTaskMemUTF8)];
        try
        {
            fixed (nint* first = texts)
                return ((delegate* unmanaged<nint, int, nint*, int>)Export("nvrtcCompileProgram"))(program, texts.Length, first);
        }
        finally
        {
            foreach (nint text in texts)
                Marshal.FreeCoTaskMem(text);
        }
    }

    private byte[] Read(nint program, string size, string content)
    {
        nuint bytes;
        Check(((delegate* unmanaged<nint, nuint*, int>)Export(size))(program, &bytes), size);
        byte[] read = new byte[bytes];
        fixed (byte* first = read)
            Check(((delegate* unmanaged<nint, byte*, int>)Export(content))(program, first), content);
        return read;
    }

    private void PreloadBuiltins()
    {
        string? folder = Path.GetDirectoryName(Library);
        if (string.IsNullOrEmpty(folder))
            return;
        string[] names = OperatingSystem.IsWindows()
            ? [$"nvrtc-builtins64_{Version.Major}{Version.Minor}.dll"]
            : [$"libnvrtc-builtins.so.{Version}", "libnvrtc-builtins.so"];
        if (names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } builtins)
            NativeLibrary.TryLoad(builtins, out _);
    }

    private void Check(int result, string what)
    {
        if (result != 0)
            throw new PipelineException($"{what}: {Error(result)}.");
    }

    private string Error(int result) => Marshal.PtrToStringUTF8(((delegate* unmanaged<int, nint>)Export("nvrtcGetErrorString"))(result)) ?? $"error {result}";

    private nint Export(string function) => NativeLibrary.TryGetExport(_handle, function, out nint address)
        ? address
        : throw new PipelineException($"{Library} has no {function}: NVRTC 11.2 or later is needed.");
}
