using Xunit;

namespace MhcPipeline.Constraints.Tests;

public sealed class GrammarCacheTests
{
    [Fact]
    public void The_same_constraint_is_compiled_once()
    {
        var cache = new GrammarCache(SmallVocabulary.Instance);

        Assert.Same(cache.Get(Constraint.Choice(["a"])), cache.Get(Constraint.Choice(["a"])));
        Assert.NotSame(cache.Get(Constraint.JsonObject()), cache.Get(Constraint.JsonObject(), new CompileOptions { WhiteSpace = 1 }));
    }

    [Fact]
    public void Those_used_last_stay()
    {
        var cache = new GrammarCache(SmallVocabulary.Instance, maxGrammars: 2);
        CompiledGrammar first = cache.Get(Constraint.Choice(["a"]));
        cache.Get(Constraint.Choice(["b"]));
        cache.Get(Constraint.Choice(["a"]));
        cache.Get(Constraint.Choice(["c"]));

        Assert.Equal(2, cache.Count);
        Assert.Same(first, cache.Get(Constraint.Choice(["a"])));
    }

    [Fact]
    public void Long_sources_leave_less_room()
    {
        var cache = new GrammarCache(SmallVocabulary.Instance, maxSource: 100);
        cache.Get(Constraint.Choice([new string('a', 80)]));
        cache.Get(Constraint.Choice([new string('b', 80)]));

        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Grammars_that_have_grown_in_use_leave_less_room()
    {
        const int Limit = 100_000;
        var cache = new GrammarCache(SmallVocabulary.Instance, maxBytes: Limit);
        cache.Get(Constraint.Choice(["a"]));
        CompiledGrammar grown = cache.Get(Constraint.JsonObject());
        Assert.Equal(2, cache.Count);
        for (int seed = 0; grown.KeptBytes <= Limit; seed++)
            Checks.Walk(grown, new Random(seed), 200);

        Assert.Same(grown, cache.Get(Constraint.JsonObject()));
        Assert.Equal(1, cache.Count);
    }
}
