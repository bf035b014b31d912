namespace MhcPipeline.Bench.Inference;

/// <summary>A program that continues texts, one at a time.</summary>
internal interface ITextGenerator : IDisposable
{
    /// <summary>What tables call it.</summary>
    string Name { get; }

    /// <summary>Continues a prompt greedily, past end-of-text tokens.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="count">Tokens to generate.</param>
    Generation Generate(int[] prompt, int count);
}
