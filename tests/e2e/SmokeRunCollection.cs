using Xunit;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>Tests that share one smoke run.</summary>
[CollectionDefinition(Name)]
public sealed class SmokeRunCollection : ICollectionFixture<SmokeRun>
{
    public const string Name = "smoke run";
}
