namespace MhcPipeline.Export.Tests.Mixing;

/// <summary>One site's weights and inputs, random by seed.</summary>
internal sealed record SiteCase
{
    public required int Streams { get; init; }
    public int Hidden { get; init; } = 12;
    public int Tokens { get; init; } = 3;
    public int Iterations { get; init; } = 20;
    public double Eps { get; init; } = 1e-6;
    public float LogitScale { get; init; } = 1;
    public float InputSize { get; init; } = 1;
    public int Seed { get; init; } = 1;

    public int Maps => (2 + Streams) * Streams;

    public float[] Fn => Normal(1, Maps * Streams * Hidden, 1 / MathF.Sqrt(Streams * Hidden));
    public float[] Base => Normal(2, Maps, 0.5f);
    public float[] Scale => [LogitScale, LogitScale, LogitScale];
    public float[] Input => Normal(3, Tokens * Streams * Hidden, InputSize);
    public float[] SublayerOutput => Normal(4, Tokens * Hidden, InputSize);
    public float[] HeadFn => Normal(5, Streams * Streams * Hidden, 1 / MathF.Sqrt(Streams * Hidden));
    public float[] HeadBase => Normal(6, Streams, 0.5f);

    private float[] Normal(int part, int count, float deviation)
    {
        var random = new Random((Seed * 31) + part);
        return [.. Enumerable.Range(0, count).Select(_ => deviation * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
