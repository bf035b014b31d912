namespace MhcPipeline.Bench.Inference;

/// <summary>Prompts of random bytes: none shares a start with another, so that no engine finds one in its cache.</summary>
internal sealed class RandomPrompts
{
    private readonly Random _random = new(1);

    /// <summary>The next prompt.</summary>
    /// <param name="count">Its tokens.</param>
    public int[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(256))];
}
