namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>Finds the files of the repository that tests read.</summary>
internal static class RepositoryFiles
{
    private static readonly string _root = FindRoot();

    public static string Case(string name) => Path.Combine(_root, "tests", "conformance", "cases", name);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MhcPipeline.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"MhcPipeline.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
