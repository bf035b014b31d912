using System.Globalization;

namespace MhcPipeline.Data.Files;

/// <summary>A file to learn from; what changes when its content changes, short of a forged time.</summary>
/// <param name="Path">The file as it can be opened.</param>
/// <param name="RelativePath">The path inside the source, with <c>/</c> between folders: stable when the source moves.</param>
/// <param name="Bytes">Length on disk.</param>
/// <param name="ModifiedUtc">When it was last written.</param>
public sealed record TextFile(string Path, string RelativePath, long Bytes, DateTime ModifiedUtc)
{
    /// <summary>How it is read.</summary>
    public TextFormat Format => System.IO.Path.GetExtension(NameInside).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => TextFormat.JsonLines,
        ".json" => TextFormat.Json,
        ".parquet" when NameInside == Path => TextFormat.Parquet,
        _ => TextFormat.Plain,
    };

    /// <summary>The name without .gz.</summary>
    private string NameInside => Path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Path[..^3] : Path;

    /// <summary>A line that is another for another file.</summary>
    internal string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"{RelativePath}\t{Bytes}\t{ModifiedUtc.Ticks}");
}
