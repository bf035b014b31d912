using System.Text.RegularExpressions;
using MhcPipeline.Fixtures;

namespace MhcPipeline.Packages.Tests;

/// <summary>The C# of the documentation.</summary>
internal static partial class Snippets
{
    /// <summary>The snippets of a file of the repository, in their order.</summary>
    public static IReadOnlyList<string> Of(string file) =>
        [.. Fences().Matches(File.ReadAllText(Path.Combine(RepositoryFiles.Root, file)).ReplaceLineEndings("\n")).Select(match => match.Groups["code"].Value)];

    /// <summary>A snippet as a class, so that several fit into one program: its usings, its statements as a method, its types.</summary>
    public static string AsClass(string snippet, string name)
    {
        string[] lines = snippet.Split('\n');
        string[] usings = [.. lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=') && !line.Contains('('))];
        string[] rest = [.. lines.Where(line => !usings.Contains(line))];
        int types = Array.FindIndex(rest, line => TypeBegins().IsMatch(line));
        if (types < 0) types = rest.Length;
        return $$"""
            {{string.Join('\n', usings)}}
            namespace {{name}}
            {
                internal static class Snippet
                {
                    public static async Task RunAsync(string[] args)
                    {
                        {{string.Join('\n', rest[..types])}}
                        await Task.CompletedTask;
                    }
                }
                {{string.Join('\n', rest[types..])}}
            }
            """;
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fences();

    [GeneratedRegex("^(public |internal |sealed |static )*(record|class|enum|struct) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeBegins();
}
