namespace MhcPipeline.Engine.Sampling;

/// <summary>Buffers that samplers of one thread share, so that choosing a token allocates nothing.</summary>
internal sealed class SamplingWorkspace(int vocabSize)
{
    /// <summary>Adjusted logits, then weights; [vocab].</summary>
    public float[] Scores { get; } = new float[vocabSize];

    /// <summary>Tokens that are still in the running; [vocab].</summary>
    public Candidate[] Candidates { get; } = new Candidate[vocabSize];
}
