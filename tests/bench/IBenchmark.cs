namespace MhcPipeline.Bench;

/// <summary>A benchmark that <c>make bench NAME=…</c> runs.</summary>
internal interface IBenchmark
{
    /// <summary>What it is called on the command line and in artifacts/bench.</summary>
    string Name { get; }

    /// <summary>One line for the list of benchmarks.</summary>
    string Description { get; }

    /// <summary>Measures.</summary>
    BenchReport Run();
}
