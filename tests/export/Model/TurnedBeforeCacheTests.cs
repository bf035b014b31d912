namespace MhcPipeline.Export.Tests.Model;

/// <summary>The cache with heads that are turned before the attention operator.</summary>
public sealed class TurnedBeforeCacheTests() : CacheContractTests(headWidth: 24);
