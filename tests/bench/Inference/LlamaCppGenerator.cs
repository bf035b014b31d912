using System.Diagnostics;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Fixtures;

namespace MhcPipeline.Bench.Inference;

/// <summary>llama.cpp through the npm package node-llama-cpp: tests/bench/peer/llamacpp.mjs, a process that answers a line of JSON with another.</summary>
internal sealed class LlamaCppGenerator : ITextGenerator
{
    private const string Version = "3.22.1";

    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly Process _process;

    private LlamaCppGenerator(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    /// <summary>The folder with the package, installed at the first call; null where npm cannot do it.</summary>
    public static string? Install()
    {
        string folder = Path.Combine(RepositoryFiles.Root, "artifacts", "bench", "peer");
        if (File.Exists(Path.Combine(folder, "complete")))
            return folder;
        Directory.CreateDirectory(folder);
        Console.WriteLine($"installing node-llama-cpp {Version} with npm into {folder}");
        string[] options = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional"];
        if (!Npm([.. options, $"node-llama-cpp@{Version}"]) || !Npm([.. options, $"@node-llama-cpp/linux-x64@{Version}"]))
            return null;
        File.WriteAllText(Path.Combine(folder, "complete"), Version);
        return folder;
    }

    /// <summary>Starts it on a model.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="installed">From <see cref="Install"/>.</param>
    /// <param name="gguf">The model.</param>
    /// <param name="context">Most tokens of prompt and answer.</param>
    /// <param name="threads">Threads that it computes with.</param>
    /// <exception cref="PipelineException">It does not start.</exception>
    public static LlamaCppGenerator Start(string name, string installed, string gguf, int context, int threads)
    {
        string script = Path.Combine(RepositoryFiles.Root, "tests", "bench", "peer", "llamacpp.mjs");
        var start = new ProcessStartInfo("node", [script, installed, gguf, $"{context}", $"{threads}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Remove("OMP_NUM_THREADS"); // this program's own
        start.Environment.Remove("OMP_WAIT_POLICY");
        Process process = Process.Start(start)!;
        return process.StandardOutput.ReadLine() == "ready"
            ? new(name, process)
            : throw new PipelineException($"node {script} ended before it was ready; its error output stands above.");
    }

    public Generation Generate(int[] prompt, int count)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(new { prompt, count }));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new PipelineException("llama.cpp ended in the middle of the benchmark; its error output stands above.");
        return JsonSerializer.Deserialize<Generation>(line, _json)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close(); // it ends with its input
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool Npm(IEnumerable<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("npm", arguments) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // no npm
        }
    }
}
