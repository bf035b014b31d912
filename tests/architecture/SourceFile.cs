using System.Text.RegularExpressions;
using System.Xml.Linq;
using MhcPipeline.Fixtures;

namespace MhcPipeline.Architecture.Tests;

/// <summary>A C# file of a project in the repository.</summary>
/// <param name="Path">From the repository's root.</param>
/// <param name="Folder">The namespace that its folder stands for: the project's root namespace and the folders below the project.</param>
/// <param name="Text">What it says.</param>
internal sealed partial record SourceFile(string Path, string Folder, string Text)
{
    public static IReadOnlyList<SourceFile> All { get; } = [.. Projects().SelectMany(Files)];

    /// <summary>The namespace that it declares; null for top-level statements and attributes of an assembly.</summary>
    public string? Namespace { get; } = NamespaceLine().Match(Text) is { Success: true } match ? match.Groups["name"].Value : null;

    /// <summary>The namespaces of ours that its using directives name.</summary>
    public IEnumerable<string> Usings => UsingLine().Matches(Text).Select(match => match.Groups["name"].Value).Where(TypeUses.IsOurs);

    /// <summary>Whether its code, comments aside, names this member of a type.</summary>
    public bool Names(string type, string member) =>
        Text.Split('\n').Any(line => Regex.IsMatch(Comment().Replace(line, ""), $@"(?<![\w.]){Regex.Escape(type)}\.{Regex.Escape(member)}\b"));

    private static IEnumerable<string> Projects() =>
        from folder in Directory.EnumerateDirectories(RepositoryFiles.Root)
        where System.IO.Path.GetFileName(folder) is not ("artifacts" or "runs") && !System.IO.Path.GetFileName(folder).StartsWith('.')
        from project in Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories)
        select project;

    private static IEnumerable<SourceFile> Files(string project)
    {
        string folder = System.IO.Path.GetDirectoryName(project)!;
        string root = XDocument.Load(project).Descendants("RootNamespace").Single().Value;
        return from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
               let below = System.IO.Path.GetRelativePath(folder, System.IO.Path.GetDirectoryName(file)!)
               select new SourceFile(
                   System.IO.Path.GetRelativePath(RepositoryFiles.Root, file),
                   below == "." ? root : $"{root}.{below.Replace(System.IO.Path.DirectorySeparatorChar, '.')}",
                   File.ReadAllText(file));
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(global )?using (static |\w+ = )?(?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"//.*$")]
    private static partial Regex Comment();
}
