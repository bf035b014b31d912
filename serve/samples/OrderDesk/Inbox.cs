using MhcPipeline.Core;

namespace OrderDesk;

/// <summary>The folder that documents arrive in, as text files.</summary>
/// <param name="folder">Its path.</param>
public sealed class Inbox(string folder)
{
    /// <summary>The sample documents that come with the program.</summary>
    public static string Samples => Path.Combine(AppContext.BaseDirectory, "inbox");

    /// <summary>Names and texts of the documents, by name.</summary>
    /// <exception cref="PipelineException">The folder is missing or has no text file, or a file is empty.</exception>
    public IReadOnlyList<(string File, string Text)> Read()
    {
        if (!Directory.Exists(folder)) throw new PipelineException($"There is no folder {folder}; --input names the folder with the documents.");
        string[] files = [.. Directory.EnumerateFiles(folder, "*.txt").Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new PipelineException($"{folder} has no .txt file; put one document in each file.");
        return [.. files.Select(file => (Path.GetFileName(file), Text(file)))];
    }

    private static string Text(string file)
    {
        string text = File.ReadAllText(file).ReplaceLineEndings("\n").Trim();
        return text.Length > 0 ? text : throw new PipelineException($"{file} is empty; delete it or put a document in it.");
    }
}
