using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

/// <summary>Sequences that join, leave, are cancelled and fail in every order, over slots whose contents decide on the text.</summary>
public sealed class BatchTests
{
    // Letters of the answers too, so that prompts begin like one another and like whole conversations.
    private static readonly Gen<int[]> _prompt = Gen.Elements((int)'a', 'b', 'c').NonEmptyListOf().Select(letters => letters.Take(9).ToArray());

    private static readonly Gen<Event> _event = Gen.Frequency(
        (6, Gen.Constant<Event>(new Event.Round())),
        (4, from prompt in _prompt from most in Gen.Choose(1, 9) from echo in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true))) select (Event)new Event.Join(prompt, most, echo)),
        (2, from index in Gen.Choose(0, 30) from tail in _prompt select (Event)new Event.FollowUp(index, tail)),
        (1, Gen.Choose(0, 30).Select(index => (Event)new Event.Cancel(index))),
        (1, Gen.Constant<Event>(new Event.Break())));

    private static readonly Gen<Schedule> _schedule =
        from slots in Gen.Choose(1, 5)
        from chunk in Gen.Choose(1, 6)
        from cache in Gen.Elements(true, true, false)
        from events in _event.NonEmptyListOf()
        select new Schedule(slots, chunk, cache, [.. events]);

    [Fact]
    public void Every_text_is_what_its_prompt_alone_gives_whoever_else_comes_and_goes() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1500).WithEndSize(120).WithReplay(1, 1), Prop.ForAll(_schedule.ToArbitrary(), schedule =>
        {
            var bench = new BatchBench(schedule.Slots, new EngineOptions { PrefillChunk = schedule.Chunk, PrefixCache = schedule.Cache });
            foreach (Event next in schedule.Events)
            {
                switch (next)
                {
                    case Event.Round:
                        bench.Batch.Round();
                        break;
                    case Event.Join join:
                        bench.Join(join.Prompt, join.Most, join.Echo);
                        break;
                    case Event.FollowUp followUp when bench.Texts.Count > 0:
                        BatchText earlier = bench.Texts[followUp.Index % bench.Texts.Count];
                        bench.Join([.. earlier.Prompt, .. HistoryModel.Continue(earlier.Prompt, 4), .. followUp.Tail], 5, echo: false);
                        break;
                    case Event.Cancel cancel when bench.Texts.Count > 0:
                        bench.Texts[cancel.Index % bench.Texts.Count].Cancel();
                        break;
                    case Event.Break:
                        bench.Model.Fails = true;
                        break;
                }
            }
            bench.Finish();
            foreach (BatchText text in bench.Texts)
            {
                List<int> expected = text.Expected(bench.Model.MaxContext);
                Assert.Equal(text.IsWhole ? expected : expected.Take(text.Tokens.Count), text.Tokens);
                Assert.True(text.IsWhole || text.Failed || text.WasCancelled);
                Assert.Equal(text.Echo ? text.Prompt.Take(text.Echoed.Count) : [], text.Echoed);
                Assert.True(!text.IsWhole || !text.Echo || text.Echoed.Count == text.Prompt.Length);
                Assert.True(text.CachedTokens == 0 || (schedule.Cache && !text.Echo));
            }
            Assert.Equal(bench.Model.FailedSequences, bench.Texts.Count(text => text.Failed));
            Assert.Equal(0, bench.Batch.Count);
        }));

    [Fact]
    public void A_long_prompt_is_read_in_pieces_between_the_tokens_of_the_others()
    {
        var bench = new BatchBench(slots: 3, new EngineOptions { PrefillChunk = 8, PrefixCache = false });
        bench.Join(Talkative(2), most: 30, echo: false);
        bench.Batch.Round();
        bench.Join(Talkative(30), most: 3, echo: false);
        bench.Finish();
        List<int> steps = bench.Model.Steps;
        int first = steps.IndexOf(-8);
        Assert.Equal([-8, 1, -8, 1, -8, 1, -6, 2], steps.GetRange(first, 8));
    }

    [Fact]
    public void Short_prompts_share_what_may_be_read_between_two_steps()
    {
        var bench = new BatchBench(slots: 4, new EngineOptions { PrefillChunk = 8, PrefixCache = false });
        foreach (string prompt in (string[])["aab", "aac", "abc", "acb"])
        {
            bench.Join([.. prompt.Select(letter => (int)letter)], most: 3, echo: false);
        }
        bench.Batch.Round();
        Assert.Equal([-3, -3, -2, 2], bench.Model.Steps);
    }

    [Fact]
    public void A_conversation_that_goes_on_computes_only_what_is_new()
    {
        var bench = new BatchBench(slots: 2, new EngineOptions());
        int[] first = [.. "abcab".Select(letter => (int)letter)];
        bench.Join(first, most: 4, echo: false);
        bench.Finish();
        List<int> answer = bench.Texts[0].Tokens;
        bench.Join([.. first, .. answer, 'a', 'b'], most: 1, echo: false);
        bench.Finish();
        Assert.Equal(first.Length + answer.Count - 1, bench.Texts[1].CachedTokens); // the last token of an answer is chosen, but never run
        Assert.Equal(-3, bench.Model.Steps.Last(step => step < 0));
    }

    [Fact]
    public void The_same_prompt_again_computes_its_last_token()
    {
        var bench = new BatchBench(slots: 2, new EngineOptions());
        int[] prompt = [.. "abcabc".Select(letter => (int)letter)];
        bench.Join(prompt, most: 3, echo: false);
        bench.Join(prompt, most: 3, echo: false); // while the first one runs
        bench.Finish();
        Assert.Equal(5, bench.Texts[1].CachedTokens);
        Assert.Equal(bench.Texts[0].Tokens, bench.Texts[1].Tokens);
        Assert.Equal(5.0 / 12, bench.Statistics.HitRate);
        Assert.Equal(1, bench.Statistics.CachedRequests);
    }

    [Fact]
    public void The_text_that_was_used_least_recently_gives_way_first()
    {
        var bench = new BatchBench(slots: 2, new EngineOptions());
        foreach (string prompt in (string[])["aaaa", "bbbb", "aaaac", "cccc"])
        {
            bench.Join([.. prompt.Select(letter => (int)letter)], most: 1, echo: false);
            bench.Finish();
        }
        bench.Join([.. "aaaab".Select(letter => (int)letter)], most: 1, echo: false);
        bench.Finish();
        bench.Join([.. "bbbbc".Select(letter => (int)letter)], most: 1, echo: false);
        bench.Finish();
        Assert.Equal([0, 0, 4, 0, 4, 0], bench.Texts.Select(text => text.CachedTokens));
    }

    [Fact]
    public void A_short_common_start_leaves_a_long_text_where_it_is()
    {
        var bench = new BatchBench(slots: 2, new EngineOptions());
        foreach (string prompt in (string[])["abcabcabc", "abb", "abcabcabcc"])
        {
            bench.Join([.. prompt.Select(letter => (int)letter)], most: 1, echo: false);
            bench.Finish();
        }
        Assert.Equal([0, 2, 9], bench.Texts.Select(text => text.CachedTokens));
    }

    /// <summary>A prompt of some length with an answer of eight tokens or more.</summary>
    private static int[] Talkative(int length) =>
        Enumerable.Range('a', 26).Select(letter => Enumerable.Repeat(letter, length).ToArray()).First(prompt => HistoryModel.Continue(prompt, 8).Count == 8);

    private abstract record Event
    {
        public sealed record Round : Event;

        public sealed record Join(int[] Prompt, int Most, bool Echo) : Event;

        public sealed record FollowUp(int Index, int[] Tail) : Event;

        public sealed record Cancel(int Index) : Event;

        public sealed record Break : Event;
    }

    private sealed record Schedule(int Slots, int Chunk, bool Cache, Event[] Events)
    {
        public override string ToString() => $"{Slots} slots, chunks of {Chunk}, cache {Cache}: {string.Join(", ", Events.Select(next => next is Event.Join join ? $"Join({new string([.. join.Prompt.Select(token => (char)token)])}, {join.Most}, {join.Echo})" : next.ToString()))}";
    }
}
