namespace MhcPipeline.Data.Files;

/// <summary>How a file is read, which its name decides.</summary>
public enum TextFormat
{
    /// <summary>Plain text: any name without a meaning of its own.</summary>
    Plain,

    /// <summary>One record a line: <c>.jsonl</c>, <c>.ndjson</c>.</summary>
    JsonLines,

    /// <summary>A list of records, or records one after the other: <c>.json</c>.</summary>
    Json,

    /// <summary>A table whose rows are records: <c>.parquet</c>.</summary>
    Parquet,
}
