namespace MhcPipeline.Train.Data;

/// <summary>Where a document lies in the <see cref="TokenStore"/>.</summary>
internal readonly record struct StoredDocument(long Start, long Length, bool IsChat);
