using MhcPipeline.Core;

namespace MhcPipeline.Bench;

/// <summary>Where the repository and its built programs are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A stage's program as <c>make build</c> leaves it.</summary>
    public static string Program(string project, string program) =>
        Path.Combine(Root, "artifacts", "bin", project, "release", program + (OperatingSystem.IsWindows() ? ".exe" : "")) is var path && File.Exists(path)
            ? path
            : throw new PipelineException($"{path} is not built; run `make build` first.");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MhcPipeline.sln")))
                return folder.FullName;
        }
        throw new PipelineException("MhcPipeline.sln is in no folder above this program; run it from a clone of the repository.");
    }
}
