namespace MhcPipeline.Core.Tests;

/// <summary>Finds files of the repository from a test's output folder.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Case(string name) => Path.Combine(Root, "tests", "conformance", "cases", name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MhcPipeline.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("MhcPipeline.sln is not above the tests' folder.");
    }
}
