using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.Fixtures;
using MhcPipeline.Serve.Tests.Fixtures;

namespace MhcPipeline.Packages.Tests;

/// <summary>The packages that make pack builds, and a small exported run for programs outside the repository to use. All of it goes when the tests have ended.</summary>
public sealed class PackedFolder : IDisposable
{
    private static readonly string[] _projects = ["core", "tokenizer", "serve/constraints", "serve/engine", "serve/client", "serve/connector"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mhc-packages").FullName;

    public PackedFolder()
    {
        // What stands in the outputs already: the package holds what the other tests have tested.
        foreach (string project in _projects)
            Dotnet(RepositoryFiles.Root, "pack", project, "-c", "Release", "--no-build", "--no-restore", "-o", Packages, "-nologo", "-v", "quiet");
        TinyRun.Write(Run, TinyRun.Config with { MaxPositionEmbeddings = 1024 });
    }

    public string Packages => Path.Combine(_folder, "packages");

    /// <summary>An exported run of random weights.</summary>
    public string Run => Path.Combine(_folder, "run");

    /// <summary>A fresh console project in a folder of its own that takes packages from <see cref="Packages"/>, and all others from this machine's cache or its usual feeds.</summary>
    /// <returns>Its folder.</returns>
    public string Project(string name, IReadOnlyDictionary<string, string> packages, params (string File, string Code)[] files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        Dotnet(folder, "new", "console", "--no-restore", "-n", name, "-o", folder);
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_folder, "cache")}" /></config>
              <fallbackPackageFolders><add key="cache" value="{cache}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="{Packages}" /></packageSources>
            </configuration>
            """);
        string project = Path.Combine(folder, name + ".csproj");
        File.WriteAllText(project, File.ReadAllText(project).Replace(
            "</Project>",
            $"""
              <PropertyGroup><NuGetAudit>false</NuGetAudit><TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup>
              <ItemGroup>{string.Concat(packages.Select(package => $"""<PackageReference Include="{package.Key}" Version="{package.Value}" />"""))}</ItemGroup>
            </Project>
            """,
            StringComparison.Ordinal));
        foreach ((string file, string code) in files) File.WriteAllText(Path.Combine(folder, file), code);
        return folder;
    }

    /// <summary>Builds and runs a project.</summary>
    /// <returns>What it wrote.</returns>
    public static string Start(string folder) => Dotnet(folder, "run", "-c", "Release", "-v", "quiet");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Dotnet(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What dotnet test tells its own programs about the SDK is not meant for these.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new PipelineException($"dotnet {string.Join(' ', arguments)} in {folder} exited with {process.ExitCode}:\n{output}{errors.Result}");
    }
}
