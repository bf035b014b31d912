namespace MhcPipeline.Data;

/// <summary>How much of a <see cref="TextSource"/> was read.</summary>
/// <param name="BytesRead">Bytes read on disk so far; of a gzip file its compressed bytes.</param>
/// <param name="TotalBytes">Bytes on disk of all files.</param>
public readonly record struct TextProgress(long BytesRead, long TotalBytes);
