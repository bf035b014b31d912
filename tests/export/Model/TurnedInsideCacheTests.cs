namespace MhcPipeline.Export.Tests.Model;

/// <summary>The cache with heads that the attention operator turns itself.</summary>
public sealed class TurnedInsideCacheTests() : CacheContractTests(headWidth: 16);
