namespace MhcPipeline.Train.Tests;

/// <summary>The reference cases under tests/conformance/cases.</summary>
internal static class ConformanceCases
{
    public static string Folder { get; } = Find();

    public static string File(string name) => Path.Combine(Folder, name);

    public static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Folder, pattern).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string cases = Path.Combine(folder.FullName, "tests", "conformance", "cases");
            if (Directory.Exists(cases))
                return cases;
        }
        throw new DirectoryNotFoundException("tests/conformance/cases");
    }
}
