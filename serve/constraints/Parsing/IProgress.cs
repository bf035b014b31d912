namespace MhcPipeline.Constraints.Parsing;

/// <summary>What a node keeps on the stack beside a count; has equality by value.</summary>
internal interface IProgress;
