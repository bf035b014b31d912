using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Fixtures;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>Compiles a program's own text for the CPU with g++ and the shim beside this file; what is compiled once is kept under artifacts/tests/cuda.</summary>
internal static partial class HostCompiler
{
    private static readonly SemaphoreSlim _two = new(2);
    private static readonly string _cache = Path.Combine(RepositoryFiles.Root, "artifacts", "tests", "cuda");
    private static readonly string _shim = Path.Combine(RepositoryFiles.Root, "tests", "cuda", "Host");
    private static readonly string _shimText = string.Concat(Directory.EnumerateFiles(_shim, "*.h").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>Why kernels cannot run here: they need a g++ for x86-64, which the shim's switch of fibers is written for. Null if they can.</summary>
    public static string? Missing { get; } =
        X86Base.X64.IsSupported && OperatingSystem.IsLinux() && Starts() ? null : "no g++ for x86-64: the CUDA kernels' sources cannot run on this CPU";

    /// <summary>The folder of what was compiled.</summary>
    public static string Cache => _cache;

    /// <summary>A library with a host_NAME for every kernel.</summary>
    public static string Library(CudaProgram program) => Compile(program.Name, program.Text(), "so", ["-shared", "-fPIC", "-O1"]);

    /// <summary>The same from a changed text.</summary>
    public static string Library(string name, string text) => Compile(name, text, "so", ["-shared", "-fPIC", "-O1"]);

    /// <summary>The names of a text's kernels.</summary>
    public static IReadOnlyList<string> Kernels(string text) => [.. Kernel().Matches(text).Select(match => match.Groups["name"].Value)];

    /// <summary>Compiles text with the shim before it and stubs behind it.</summary>
    public static string Compile(string name, string text, string extension, IReadOnlyList<string> flags, string behind = "")
    {
        string stubs = string.Concat(Kernels(text).Select(kernel => $"HOST_KERNEL({kernel})\n"));
        string whole = "#include \"instructions_on_host.h\"\n" + text + "\n" + stubs + behind;
        string[] all = ["-std=c++17", "-w", "-fno-strict-aliasing", "-ffp-contract=off", "-fvisibility=hidden", "-fno-gnu-unique", .. Fma.IsSupported ? ["-mfma"] : Array.Empty<string>(), .. flags];
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', all) + _shimText + whole)))[..16];
        string target = Path.Combine(_cache, $"{name}_{hash}.{extension}");
        if (File.Exists(target))
            return target;
        Directory.CreateDirectory(_cache);
        string unique = Path.Combine(_cache, $"{name}_{hash}_{Environment.ProcessId}_{Environment.CurrentManagedThreadId}");
        File.WriteAllText(unique + ".cpp", whole);
        _two.Wait();
        try
        {
            Run("g++", [.. all, "-I" + _shim, unique + ".cpp", "-o", unique + ".out"]);
        }
        finally
        {
            _two.Release();
            File.Delete(unique + ".cpp");
        }
        File.Move(unique + ".out", target, overwrite: true);
        return target;
    }

    /// <summary>Runs a program to its end; its errors are the exception's message.</summary>
    private static void Run(string file, IReadOnlyList<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{file} failed: {errors}");
    }

    private static bool Starts()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("g++", ["--version"]) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex(@"extern ""C"" __global__ void (__launch_bounds__\([^)]*\) )?(?<name>\w+)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Kernel();
}
