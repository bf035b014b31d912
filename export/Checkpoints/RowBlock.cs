namespace MhcPipeline.Export.Checkpoints;

/// <summary>Rows of a stored matrix.</summary>
/// <param name="Tensor">The matrix.</param>
/// <param name="First">The first of the rows.</param>
/// <param name="Count">Their number.</param>
/// <param name="Factor">What they are multiplied by.</param>
internal sealed record RowBlock(string Tensor, long First, long Count, float Factor = 1);
