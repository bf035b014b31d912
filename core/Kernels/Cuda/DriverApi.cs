using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>The functions of NVIDIA's driver (cuda.h) that kernels need. They are looked up in the library at run time, so that programs start without it.</summary>
internal sealed unsafe class DriverApi
{
    private const int NoDevice = 100;

    private readonly string _library;
    private readonly nint _handle;
    private readonly ConcurrentDictionary<string, nint> _exports = new(StringComparer.Ordinal);
    private readonly delegate* unmanaged<int, byte**, int> _errorName;
    private readonly delegate* unmanaged<int, byte**, int> _errorString;
    private readonly delegate* unmanaged<int*, int, int, int> _attribute;
    private readonly delegate* unmanaged<nint*, int> _getCurrent;
    private readonly delegate* unmanaged<nint, int> _setCurrent;
    private readonly delegate* unmanaged<nint, int, int, int> _setFunctionAttribute;
    private readonly delegate* unmanaged<nint, nuint, nuint*, nuint*, int> _parameter;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> _launch;

    /// <summary>Loads the driver and starts it.</summary>
    /// <exception cref="PipelineException">There is none, it is too old, or it finds no GPU.</exception>
    public DriverApi(string library)
    {
        _library = library;
        if (!NativeLibrary.TryLoad(library, out _handle))
            throw new PipelineException($"{library}, a part of NVIDIA's driver, is not installed: install the driver of an NVIDIA GPU.");
        _errorName = (delegate* unmanaged<int, byte**, int>)Export("cuGetErrorName");
        _errorString = (delegate* unmanaged<int, byte**, int>)Export("cuGetErrorString");
        _attribute = (delegate* unmanaged<int*, int, int, int>)Export("cuDeviceGetAttribute");
        _getCurrent = (delegate* unmanaged<nint*, int>)Export("cuCtxGetCurrent");
        _setCurrent = (delegate* unmanaged<nint, int>)Export("cuCtxSetCurrent");
        _setFunctionAttribute = (delegate* unmanaged<nint, int, int, int>)Export("cuFuncSetAttribute");
        _launch = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Export("cuLaunchKernel");
        _parameter = NativeLibrary.TryGetExport(_handle, "cuFuncGetParamInfo", out nint parameter) ? (delegate* unmanaged<nint, nuint, nuint*, nuint*, int>)parameter : null;

        int result = ((delegate* unmanaged<uint, int>)Export("cuInit"))(0);
        if (result == NoDevice)
            throw new PipelineException($"The NVIDIA driver finds no GPU ({Error(result)}): look at nvidia-smi and at CUDA_VISIBLE_DEVICES.");
        Check(result, "The NVIDIA driver does not start");
        int version;
        Check(((delegate* unmanaged<int*, int>)Export("cuDriverGetVersion"))(&version), "The NVIDIA driver does not tell its version");
        Version = new Version(version / 1000, version % 1000 / 10);
        int devices;
        Check(((delegate* unmanaged<int*, int>)Export("cuDeviceGetCount"))(&devices), "The NVIDIA driver does not count its GPUs");
        Devices = devices;
    }

    /// <summary>What the driver is called on this system.</summary>
    public static string Name => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>The CUDA version up to which the driver takes programs.</summary>
    public Version Version { get; }

    /// <summary>How many GPUs it finds.</summary>
    public int Devices { get; }

    /// <summary>The context that is current on this thread; 0 if none is.</summary>
    public nint Current
    {
        get
        {
            nint context;
            Check(_getCurrent(&context), "The current CUDA context is not known");
            return context;
        }
        set => Check(_setCurrent(value), "A CUDA context cannot be made current");
    }

    /// <summary>The driver's handle of a GPU.</summary>
    public int Device(int ordinal)
    {
        int device;
        Check(((delegate* unmanaged<int*, int, int>)Export("cuDeviceGet"))(&device, ordinal), $"GPU {ordinal} cannot be used");
        return device;
    }

    public string DeviceName(int device)
    {
        byte* name = stackalloc byte[256];
        Check(((delegate* unmanaged<byte*, int, int, int>)Export("cuDeviceGetName"))(name, 256, device), "A GPU does not tell its name");
        return Marshal.PtrToStringUTF8((nint)name) ?? "";
    }

    public int Attribute(int device, DeviceAttribute attribute)
    {
        int value;
        Check(_attribute(&value, (int)attribute, device), $"A GPU does not tell its {attribute}");
        return value;
    }

    /// <summary>The context that torch, ONNX Runtime and we share; it stays until the process ends.</summary>
    public nint PrimaryContext(int device)
    {
        nint context;
        Check(((delegate* unmanaged<nint*, int, int>)Export("cuDevicePrimaryCtxRetain"))(&context, device), "A GPU's primary context cannot be had");
        return context;
    }

    /// <summary>Loads a cubin or PTX into the current context.</summary>
    /// <param name="image">The compiler's output.</param>
    /// <param name="name">What the error calls it.</param>
    public nint LoadModule(byte[] image, string name)
    {
        const int errorLog = 5, errorLogBytes = 6, logBytes = 8192;
        byte[] text = [.. image, 0]; // PTX ends with a zero
        byte* log = stackalloc byte[logBytes];
        log[0] = 0;
        int* options = stackalloc int[] { errorLog, errorLogBytes };
        void** values = stackalloc void*[] { log, (void*)logBytes };
        nint module;
        int result;
        fixed (byte* start = text)
            result = ((delegate* unmanaged<nint*, void*, uint, int*, void**, int>)Export("cuModuleLoadDataEx"))(&module, start, 2, options, values);
        string said = Marshal.PtrToStringUTF8((nint)log)!.Trim();
        Check(result, $"CUDA program {name} cannot be loaded{(said.Length == 0 ? "" : $" ({said})")}");
        return module;
    }

    /// <summary>A kernel of a module.</summary>
    public nint Function(nint module, string kernel, string program)
    {
        nint function;
        fixed (byte* name = NativeText.Of(kernel))
            Check(((delegate* unmanaged<nint*, nint, byte*, int>)Export("cuModuleGetFunction"))(&function, module, name), $"CUDA program {program} has no kernel {kernel}");
        return function;
    }

    /// <summary>How many parameters a kernel has; null where the driver, older than CUDA 12.4, cannot tell.</summary>
    public int? Parameters(nint function)
    {
        if (_parameter == null)
            return null;
        nuint offset, size;
        nuint count = 0;
        while (_parameter(function, count, &offset, &size) == 0)
            count++;
        return (int)count;
    }

    public void SetSharedBytes(nint function, int bytes, string kernel)
    {
        const int maxDynamicSharedSizeBytes = 8;
        Check(_setFunctionAttribute(function, maxDynamicSharedSizeBytes, bytes), $"Kernel {kernel} cannot have {bytes} bytes of dynamic shared memory");
    }

    /// <summary>Starts a kernel; the driver's result.</summary>
    public int Launch(nint function, LaunchShape shape, nint stream, void** arguments) =>
        _launch(function, (uint)shape.GridX, (uint)shape.GridY, 1, (uint)shape.Threads, 1, 1, (uint)shape.SharedBytes, stream, arguments, null);

    /// <summary>Throws if the driver reports an error.</summary>
    public void Check(int result, string what)
    {
        if (result != 0)
            throw new PipelineException($"{what}: the NVIDIA driver reports {Error(result)}.");
    }

    /// <summary>A function by its name; looked up once.</summary>
    public nint Export(string function)
    {
        if (_exports.TryGetValue(function, out nint known))
            return known;
        return NativeLibrary.TryGetExport(_handle, function, out nint address)
            ? _exports[function] = address
            : throw new PipelineException($"{_library} has no {function}: NVIDIA's driver is too old, update it.");
    }

    private string Error(int result)
    {
        byte* name = null, text = null;
        if (_errorName(result, &name) != 0 || name == null)
            return $"error {result} (CUresult)";
        _errorString(result, &text);
        return text == null ? Marshal.PtrToStringUTF8((nint)name)! : $"{Marshal.PtrToStringUTF8((nint)name)}, {Marshal.PtrToStringUTF8((nint)text)}";
    }
}
