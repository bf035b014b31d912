namespace MhcPipeline.Train.Data;

/// <summary>How far the tokenisation of a data set is.</summary>
/// <param name="Documents">Documents tokenised.</param>
/// <param name="Tokens">Tokens written.</param>
/// <param name="BytesRead">Bytes of the files read; 0 for a generated corpus.</param>
/// <param name="TotalBytes">Bytes of all files; 0 for a generated corpus.</param>
public readonly record struct PrepareProgress(long Documents, long Tokens, long BytesRead, long TotalBytes);
