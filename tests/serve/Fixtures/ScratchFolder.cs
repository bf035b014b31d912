namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>A folder that lives as long as a test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mhc-serve-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
