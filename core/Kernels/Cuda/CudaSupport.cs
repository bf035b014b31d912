using System.Collections.Concurrent;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>Whether CUDA kernels can run: yes, or what is missing or too old and what to do.</summary>
public sealed class CudaSupport
{
    /// <summary>Kernels pack bfloat16 with an instruction that came with Ampere.</summary>
    private static readonly Version _capability = new(8, 0);

    /// <summary>NVRTC from 11.2 on is looked for, and a driver takes the programs of its own major version and of earlier ones.</summary>
    private static readonly Version _driverVersion = new(11, 2);

    private static readonly Lazy<CudaSupport> _here = new(() => new CudaSupport(DriverApi.Name, NvrtcSearch.Here, KernelCache.Folder(Environment.GetEnvironmentVariable), PtxArchive.Embedded));

    private readonly Lazy<(DriverApi? Driver, string? Missing)> _driver;
    private readonly ConcurrentDictionary<int, Lazy<(DriverLauncher? Launcher, string? Missing)>> _devices = new();
    private readonly Func<NvrtcSearch> _search;
    private readonly KernelCache _cache;
    private readonly PtxArchive? _compiled;

    /// <summary>Support that comes from other libraries than this machine's.</summary>
    /// <param name="driver">The driver's library.</param>
    /// <param name="search">Where NVRTC may be; asked once for each GPU.</param>
    /// <param name="cacheFolder">Where compiled programs are kept.</param>
    /// <param name="compiled">Programs for a machine that has no NVRTC for the GPU, unless a variable names one.</param>
    public CudaSupport(string driver, Func<NvrtcSearch> search, string cacheFolder, PtxArchive? compiled = null)
    {
        _compiled = compiled;
        _search = search;
        _cache = new KernelCache(cacheFolder);
        _driver = new(() => Try(() => Open(driver)));
    }

    /// <summary>Of this process and machine. Nothing is loaded before it is asked.</summary>
    public static CudaSupport Here => _here.Value;

    /// <summary>How many GPUs the driver finds; 0 where there is no driver.</summary>
    public int Devices => _driver.Value.Driver?.Devices ?? 0;

    /// <summary>One line that says why a GPU cannot run kernels and what to do; null if it can. torch must be loaded before this is first asked, if it is to be used.</summary>
    /// <param name="device">The GPU's number.</param>
    public string? Missing(int device) => Of(device).Missing is { } reason ? $"CUDA kernels cannot run. {reason}" : null;

    /// <summary>What runs kernels on a GPU; the same object at every call.</summary>
    /// <exception cref="PipelineException">It cannot; the message is the line of <see cref="Missing"/>.</exception>
    public DriverLauncher Launcher(int device) => Of(device).Launcher ?? throw new PipelineException(Missing(device)!);

    /// <summary>A GPU's memory for programs without torch; NVRTC is not needed.</summary>
    /// <param name="device">The GPU's number.</param>
    /// <exception cref="PipelineException">There is no driver, it is too old, or there is no such GPU.</exception>
    public DeviceMemory Memory(int device)
    {
        (DriverApi? driver, string? missing) = _driver.Value;
        return driver is null
            ? throw new PipelineException($"GPU {device} cannot be used. {missing}")
            : new DeviceMemory(new CudaContext(driver, DeviceInfo.Of(driver, device), new CudaStream([])));
    }

    private (DriverLauncher? Launcher, string? Missing) Of(int device) => _devices.GetOrAdd(device, number => new(() => Try(() => Open(number)))).Value;

    private static DriverApi Open(string library)
    {
        var driver = new DriverApi(library);
        return driver.Version >= _driverVersion ? driver : throw new PipelineException($"The NVIDIA driver is of CUDA {driver.Version}; {_driverVersion} or later is needed: update the driver.");
    }

    private DriverLauncher Open(int number)
    {
        (DriverApi? driver, string? missing) = _driver.Value;
        if (driver is null)
            throw new PipelineException(missing!);
        var device = DeviceInfo.Of(driver, number);
        if (device.Capability < _capability)
            throw new PipelineException($"GPU {number}, {device.Name}, has compute capability {device.Capability}; kernels need {_capability} or later (Ampere, 2020): take another GPU.");
        NvrtcSearch search = _search();
        CudaStream stream = new(search.Loaded);
        if (Compiler(search, device) is not { } nvrtc)
            return new DriverLauncher(driver, device, $"NVRTC {_compiled!.Compiler}, when the library was built", _compiled.Get, stream);
        CudaTarget target = nvrtc.Target(device);
        return new DriverLauncher(driver, device, nvrtc.ToString(), Compile, stream);

        byte[] Compile(string name, string text) => _cache.Get(
            KernelCache.Key(text, string.Join('\n', Nvrtc.Options), target.Architecture, nvrtc.Version.ToString(), device.Driver.ToString()),
            () => nvrtc.Compile(name, text, target).Image);
    }

    /// <summary>The NVRTC of this machine; null where the compiled programs serve in its place.</summary>
    private Nvrtc? Compiler(NvrtcSearch search, DeviceInfo device)
    {
        try
        {
            return search.For(device);
        }
        catch (PipelineException e) when (_compiled is not null && string.IsNullOrEmpty(search.Environment(NvrtcSearch.Variable)))
        {
            return _compiled.Compiler <= device.Driver ? null : throw new PipelineException(
                $"{e.Message} The programs that were compiled when the library was built are PTX of CUDA {_compiled.Compiler}, too new for the NVIDIA driver, of CUDA {device.Driver}: or update the driver.", e);
        }
    }

    private static (T? Value, string? Missing) Try<T>(Func<T> open)
        where T : class
    {
        try
        {
            return (open(), null);
        }
        catch (PipelineException e)
        {
            return (null, e.Message);
        }
    }
}
