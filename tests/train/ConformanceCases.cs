using MhcPipeline.Fixtures;

namespace MhcPipeline.Train.Tests;

/// <summary>The reference cases under tests/conformance/cases.</summary>
internal static class ConformanceCases
{
    public static string File(string name) => RepositoryFiles.Case(name);

    public static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(RepositoryFiles.Cases, pattern).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}
