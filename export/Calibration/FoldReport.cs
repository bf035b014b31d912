namespace MhcPipeline.Export.Calibration;

/// <summary>What became of one fold.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Applied">True when it was done.</param>
/// <param name="Why">Why it was not done, or why it could not be left out; null for one that was asked for and done.</param>
/// <param name="Alone">What it changes by itself, against no fold at all; null where it was not switched.</param>
/// <param name="Error">Largest change of a logit by it alone on the calibration set, in mode standard and float32; null when not measured.</param>
public sealed record FoldReport(string Name, string Description, bool Applied, string? Why, GraphChange? Alone, float? Error);
