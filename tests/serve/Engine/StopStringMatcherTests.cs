using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Engine.Output;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

public sealed class StopStringMatcherTests
{
    // Two letters only, so that stops overlap with the text and with one another all the time.
    private static readonly Gen<string> _word = Gen.Elements('a', 'b').NonEmptyListOf().Select(letters => new string([.. letters.Take(5)]));

    private static readonly Gen<(string[] Pieces, string[] Stops)> _cases =
        from pieces in _word.ArrayOf()
        from stops in _word.NonEmptyListOf()
        select (pieces, stops.Take(3).ToArray());

    [Fact]
    public void Text_ends_before_the_stop_string_that_ends_first_however_the_text_is_cut() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(1, 1), Prop.ForAll(_cases.ToArbitrary(), item =>
        {
            var matcher = new StopStringMatcher(item.Stops);
            string given = "";
            foreach (string piece in item.Pieces.TakeWhile(_ => !matcher.Matched))
            {
                given += matcher.Append(piece);
            }
            given += matcher.Flush();
            return given == Cut(string.Concat(item.Pieces), item.Stops);
        }));

    [Fact]
    public void What_is_given_out_early_is_never_the_start_of_a_stop_string_to_come() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(2, 1), Prop.ForAll(_cases.ToArbitrary(), item =>
        {
            string given = new StopStringMatcher(item.Stops).Append(string.Concat(item.Pieces));
            return item.Stops.All(stop => Cut(string.Concat(item.Pieces) + stop, item.Stops).StartsWith(given, StringComparison.Ordinal));
        }));

    [Fact]
    public void Text_that_cannot_become_a_stop_string_is_given_out_at_once()
    {
        var matcher = new StopStringMatcher(["STOP"]);
        Assert.Equal("hello ", matcher.Append("hello S"));
        Assert.Equal("Sorry", matcher.Append("orry"));
        Assert.False(matcher.Matched);
    }

    // The definition: of all places where a stop string ends, the first; of those that end there, the one that starts first.
    private static string Cut(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string[] ending = [.. stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal))];
            if (ending.Length > 0)
            {
                return text[..(end - ending.Max(stop => stop.Length))];
            }
        }
        return text;
    }
}
