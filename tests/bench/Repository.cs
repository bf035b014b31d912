using MhcPipeline.Core;
using MhcPipeline.Fixtures;

namespace MhcPipeline.Bench;

/// <summary>Where the built programs are.</summary>
internal static class Repository
{
    /// <summary>A stage's program as <c>make build</c> leaves it.</summary>
    public static string Program(string project, string program) =>
        Path.Combine(RepositoryFiles.Root, "artifacts", "bin", project, "release", program + (OperatingSystem.IsWindows() ? ".exe" : "")) is var path && File.Exists(path)
            ? path
            : throw new PipelineException($"{path} is not built; run `make build` first.");
}
