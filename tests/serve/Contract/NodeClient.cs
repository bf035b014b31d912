using System.ComponentModel;
using System.Diagnostics;
using MhcPipeline.Fixtures;

namespace MhcPipeline.Serve.Tests.Contract;

/// <summary>Runs scripts that use npm's packages. They are installed once, into artifacts.</summary>
internal static class NodeClient
{
    private static readonly string _scripts = Path.Combine(RepositoryFiles.Root, "tests", "serve", "Contract", "node");
    private static readonly string _installed = Path.Combine(RepositoryFiles.Root, "artifacts", "contract");
    private static readonly Lazy<string?> _lacks = new(Install);

    /// <summary>Why no script can run here; null if they can.</summary>
    public static string? Lacks => _lacks.Value;

    /// <summary>Runs a script to its end; its exit code and all that it said.</summary>
    public static (int ExitCode, string Said) Run(string script, params string[] arguments)
    {
        File.Copy(Path.Combine(_scripts, script), Path.Combine(_installed, script), overwrite: true);
        return Start("node", [script, .. arguments]);
    }

    private static string? Install()
    {
        Directory.CreateDirectory(_installed);
        foreach (string file in (string[])["package.json", "package-lock.json"])
            File.Copy(Path.Combine(_scripts, file), Path.Combine(_installed, file), overwrite: true);
        try
        {
            (int exit, string said) = Start("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
            return exit == 0 ? null : $"npm cannot install the clients: {said.Trim()}";
        }
        catch (Win32Exception)
        {
            return "Node.js is not installed";
        }
    }

    private static (int ExitCode, string Said) Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _installed, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said + errors.Result);
    }
}
