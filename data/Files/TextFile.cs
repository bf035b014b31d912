namespace MhcPipeline.Data.Files;

/// <summary>One file of a <see cref="TextSource"/>; what changes when its content changes, short of a forged time.</summary>
/// <param name="Path">The file as it can be opened.</param>
/// <param name="RelativePath">The path inside the source, with <c>/</c> between folders: stable when the source moves.</param>
/// <param name="Bytes">Length on disk.</param>
/// <param name="ModifiedUtc">When it was last written.</param>
public sealed record TextFile(string Path, string RelativePath, long Bytes, DateTime ModifiedUtc);
