using System.Diagnostics;
using System.Globalization;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>
/// Where NVRTC may be, in this order: what MHC_NVRTC names (a library or its folder); artifacts/nvrtc of <c>make nvrtc</c>, above the program;
/// what the process has loaded already, and the folder of torch's libtorch_cuda; CUDA toolkits (CUDA_HOME, CUDA_PATH, /usr/local/cuda*, /opt/cuda);
/// what the system's loader finds by name.
/// </summary>
/// <param name="Environment">A variable's value; null if it is not set.</param>
/// <param name="Program">The program's folder.</param>
/// <param name="Loaded">Paths of the libraries in this process.</param>
/// <param name="Toolkits">Folders of CUDA toolkits that no variable names.</param>
/// <param name="Names">What the system's loader may know.</param>
public sealed record NvrtcSearch(Func<string, string?> Environment, string Program, IReadOnlyList<string> Loaded, IReadOnlyList<string> Toolkits, IReadOnlyList<string> Names)
{
    /// <summary>Names the library, or its folder.</summary>
    public const string Variable = "MHC_NVRTC";

    /// <summary>What to do where there is none.</summary>
    internal const string Advice = $"run `make nvrtc`, install a CUDA toolkit, or name its library in {Variable}";

    /// <summary>The search in this process, on this machine.</summary>
    public static NvrtcSearch Here() => new(
        System.Environment.GetEnvironmentVariable,
        AppContext.BaseDirectory,
        LoadedLibraries(),
        InstalledToolkits(),
        OperatingSystem.IsWindows() ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"] : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"]);

    /// <summary>Paths of the libraries that this process has loaded.</summary>
    public static IReadOnlyList<string> LoadedLibraries()
    {
        using var process = Process.GetCurrentProcess();
        return [.. process.Modules.Cast<ProcessModule>().Select(module => module.FileName)];
    }

    /// <summary>The first that can compile for the GPU.</summary>
    /// <exception cref="PipelineException">None can; the message says why not and what to do.</exception>
    public Nvrtc For(DeviceInfo device)
    {
        PipelineException? refused = null;
        foreach (string library in Libraries())
        {
            Nvrtc? nvrtc = null;
            try
            {
                nvrtc = new Nvrtc(library);
                _ = nvrtc.Target(device);
                return nvrtc;
            }
            catch (PipelineException e)
            {
                if (nvrtc is not null || Path.IsPathRooted(library))
                    refused ??= e;
            }
        }
        throw refused ?? new PipelineException($"NVRTC, NVIDIA's run-time compiler, is not there: {Advice}.");
    }

    /// <summary>The first that loads, whatever it compiles for.</summary>
    /// <exception cref="PipelineException">None does.</exception>
    public Nvrtc Any()
    {
        foreach (string library in Libraries())
        {
            try
            {
                return new Nvrtc(library);
            }
            catch (PipelineException)
            {
                // the next one
            }
        }
        throw new PipelineException($"NVRTC, NVIDIA's run-time compiler, is not there: {Advice}.");
    }

    /// <summary>Every library that is there, in order, then the names.</summary>
    public IReadOnlyList<string> Libraries()
    {
        if (Environment(Variable) is { Length: > 0 } named)
        {
            named = Path.GetFullPath(named);
            string[] found = Directory.Exists(named) ? [.. InFolder(named)] : File.Exists(named) ? [named] : [];
            return found.Length > 0 ? found : throw new PipelineException($"{Variable} names {named}, where no NVRTC is: name the library libnvrtc.so.* or its folder.");
        }
        return [.. Above(Program).Select(folder => Path.Combine(folder, "artifacts", "nvrtc")).SelectMany(InFolder)
            .Concat(Loaded.Where(path => IsNvrtc(Path.GetFileName(path))))
            .Concat(Loaded.Where(path => Path.GetFileName(path).Contains("torch_cuda", StringComparison.Ordinal)).SelectMany(path => InFolder(Path.GetDirectoryName(path)!)))
            .Concat(Named().Concat(Toolkits).SelectMany(OfToolkit))
            .Concat(Names)
            .Distinct()];
    }

    /// <summary>The NVRTC files of a folder, the latest first. torch renames its own: libnvrtc-2bb82d1a.so.12.</summary>
    private static IEnumerable<string> InFolder(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Where(path => IsNvrtc(Path.GetFileName(path))).OrderByDescending(Latest).ThenBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal)
        : [];

    private static bool IsNvrtc(string file) =>
        !file.Contains("builtins", StringComparison.Ordinal) && !file.Contains("static", StringComparison.Ordinal) && !file.Contains(".alt.", StringComparison.Ordinal)
        && ((file.StartsWith("libnvrtc", StringComparison.Ordinal) && file.Contains(".so.", StringComparison.Ordinal))
            || (file.StartsWith("nvrtc64_", StringComparison.Ordinal) && file.EndsWith(".dll", StringComparison.Ordinal)));

    /// <summary>The number in a library's name: 12 of libnvrtc.so.12.4.127, 120 of nvrtc64_120_0.dll.</summary>
    private static int Latest(string path)
    {
        string file = Path.GetFileName(path);
        int at = file.IndexOf(".so.", StringComparison.Ordinal);
        string digits = new([.. file[(at < 0 ? "nvrtc64_".Length : at + ".so.".Length)..].TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (DirectoryInfo? above = new(folder); above is not null; above = above.Parent)
            yield return above.FullName;
    }

    private static IEnumerable<string> OfToolkit(string folder) =>
        ((string[])["lib64", "lib", Path.Combine("targets", "x86_64-linux", "lib"), Path.Combine("bin", "x64"), "bin"]).SelectMany(part => InFolder(Path.Combine(folder, part)));

    private static IReadOnlyList<string> InstalledToolkits()
    {
        if (OperatingSystem.IsWindows())
            return []; // the installer sets CUDA_PATH
        string[] versions = Directory.Exists("/usr/local") ? Directory.GetDirectories("/usr/local", "cuda-*") : [];
        return ["/usr/local/cuda", .. versions.OrderDescending(StringComparer.Ordinal), "/opt/cuda"];
    }

    private IEnumerable<string> Named() =>
        ((string[])["CUDA_HOME", "CUDA_PATH"]).Select(Environment).OfType<string>().Where(folder => folder.Length > 0);
}
