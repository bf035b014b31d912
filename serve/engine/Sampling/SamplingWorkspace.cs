namespace MhcPipeline.Engine.Sampling;

/// <summary>Buffers that samplers of one thread share, so that choosing a token allocates nothing.</summary>
internal sealed class SamplingWorkspace(int vocabSize)
{
    /// <summary>Adjusted logits, then weights; [vocab].</summary>
    public float[] Scores { get; } = new float[vocabSize];

    private ulong[] _mask = [];

    /// <summary>A bit a token.</summary>
    public Span<ulong> Mask(int words)
    {
        if (_mask.Length < words)
        {
            _mask = new ulong[words];
        }
        return _mask.AsSpan(0, words);
    }

    /// <summary>Selects for top-k and top-p.</summary>
    public HeaviestTokens Heaviest { get; } = new(vocabSize);
}
