namespace MhcPipeline.Tokenization.Training;

/// <summary>How far the training of a tokenizer is.</summary>
/// <param name="Stage">What is being done: <c>counting words</c> or <c>learning merges</c>.</param>
/// <param name="Done">Units done: characters of text, or merges.</param>
/// <param name="Total">Units in all; 0 if not known.</param>
public readonly record struct TrainingProgress(string Stage, long Done, long Total);
