using System.Diagnostics;

namespace MhcPipeline.Core.Tests.Kernels;

/// <summary>A program that has run to its end.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">The lines that it wrote.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record ProgramRun(int ExitCode, IReadOnlyList<string> Output, string Errors)
{
    /// <summary>Runs `dotnet`.</summary>
    /// <param name="arguments">A program or a command, and its own.</param>
    /// <param name="withoutThese">A switch of <see cref="NarrowMachine"/>.</param>
    public static ProgramRun Of(IEnumerable<string> arguments, string? withoutThese = null)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0"; // some of these programs are there to crash
        if (withoutThese is not null)
            start.Environment[withoutThese] = "0";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        var output = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
            output.Add(line);
        process.WaitForExit();
        return new(process.ExitCode, output, errors.Result);
    }
}
