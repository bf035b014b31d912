namespace MhcPipeline.Engine.Sampling;

/// <summary>Buffers that samplers of one thread share, so that choosing a token allocates nothing.</summary>
internal sealed class SamplingWorkspace(int vocabSize)
{
    /// <summary>Adjusted logits, then weights; [vocab].</summary>
    public float[] Scores { get; } = new float[vocabSize];

    /// <summary>Selects for top-k and top-p.</summary>
    public HeaviestTokens Heaviest { get; } = new(vocabSize);
}
