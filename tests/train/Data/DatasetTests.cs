using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Corpus;
using MhcPipeline.Core.Text;
using MhcPipeline.Train.Data;
using Xunit;

namespace MhcPipeline.Train.Tests.Data;

public class DatasetTests
{
    private static readonly BatchOptions _rows = new(1, 4096, 0);

    [Fact]
    public void Data_that_is_up_to_date_is_used_again()
    {
        using TemporaryFolder folder = new();
        using (Dataset first = Samples.Prepare(folder, Samples.Texts(5)))
            Assert.False(first.WasReused);
        using Dataset again = Samples.Prepare(folder, Samples.Source("texts", Refuse()));
        Assert.True(again.WasReused);
    }

    [Fact]
    public void Another_tokenizer_seed_share_or_source_prepares_the_data_again()
    {
        using TemporaryFolder folder = new();
        DatasetOptions options = new() { Seed = 1 };
        DataSource source = Samples.Texts(5);
        Dataset.Prepare(folder.Path, source, new ByteEncoder(), options).Dispose();
        foreach ((DataSource s, ByteEncoder e, DatasetOptions o) in ((DataSource, ByteEncoder, DatasetOptions)[])[
            (source, new ByteEncoder(fingerprint: "other"), options),
            (source, new ByteEncoder(), options with { Seed = 2 }),
            (source, new ByteEncoder(), options with { ValidationFraction = 0.3 }),
            (source with { Fingerprint = "touched" }, new ByteEncoder(), options)])
        {
            using Dataset data = Dataset.Prepare(folder.Path, s, e, o);
            Assert.False(data.WasReused);
        }
    }

    [Fact]
    public void A_file_that_changed_prepares_the_data_again()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["a.txt"], "hello there");
        string before = DataSource.FromPath(folder["a.txt"]).Fingerprint;
        File.WriteAllText(folder["a.txt"], "hello there, again");
        Assert.NotEqual(before, DataSource.FromPath(folder["a.txt"]).Fingerprint);
    }

    [Fact]
    public void Interrupted_work_begins_anew()
    {
        using TemporaryFolder folder = new();
        Assert.Throws<InvalidOperationException>(() => Samples.Prepare(folder, Samples.Source("texts", Samples.Texts(5).Items(_ => { }).Concat(Refuse()))));
        using Dataset data = Samples.Prepare(folder, Samples.Texts(5));
        Assert.False(data.WasReused);
        Assert.Equal((5, 1), (data.Manifest.TrainDocuments, data.Manifest.ValidationDocuments)); // the split cuts the last document in two
    }

    [Theory]
    [InlineData("tokens-00000.bin")]
    [InlineData("train.bin")]
    public void A_damaged_file_prepares_the_data_again(string file)
    {
        using TemporaryFolder folder = new();
        Samples.Prepare(folder, Samples.Texts(5)).Dispose();
        using (FileStream stream = new(folder[file], FileMode.Open))
            stream.SetLength(stream.Length / 2);
        using Dataset data = Samples.Prepare(folder, Samples.Texts(5));
        Assert.False(data.WasReused);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Any_number_of_threads_and_any_shard_size_give_the_same_data(int threads)
    {
        using TemporaryFolder one = new(), other = new();
        DataSource source = Samples.Chats(3000, mostFiller: 400);
        using Dataset first = Samples.Prepare(one, source, new DatasetOptions { Threads = 1 });
        using Dataset second = Samples.Prepare(other, source, new DatasetOptions { Threads = threads, ShardTokens = 40_000 });
        Assert.True(Directory.GetFiles(other.Path, "tokens-*.bin").Length > 10);
        BatchSource a = first.Train(new BatchOptions(4, 512, 3)), b = second.Train(new BatchOptions(4, 512, 3));
        Assert.All(Enumerable.Range(0, 50), step => Assert.Equal(a.Get(step).Targets, b.Get(step).Targets));
    }

    [Fact]
    public void A_large_vocabulary_is_kept_whole()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Dataset.Prepare(folder.Path, Samples.Texts(3000, 60), new CountingEncoder(), new DatasetOptions { Threads = 1 });
        Assert.Equal(4, data.Manifest.TokenBytes);
        BatchSource train = data.Train(new BatchOptions(64, 256, 0));
        Assert.True(Enumerable.Range(0, (int)train.BatchesPerEpoch).Max(step => train.Get(step).Inputs.Max()) > ushort.MaxValue);
    }

    [Fact]
    public void The_split_is_disjoint_covers_everything_and_follows_the_seed()
    {
        HashSet<string> before = [];
        foreach (ulong seed in (ulong[])[1, 2])
        {
            using TemporaryFolder folder = new();
            using Dataset data = Samples.Prepare(folder, Samples.Chats(100), new DatasetOptions { Seed = seed, ValidationFraction = 0.1 });
            HashSet<string> train = Conversations(data.Train(_rows)), validation = [.. data.Validation(_rows, 100).SelectMany(Rows)];
            Assert.Equal((90, 10), (train.Count, validation.Count));
            Assert.Empty(train.Intersect(validation));
            Assert.NotEqual(before, validation);
            before = validation;
        }
    }

    [Fact]
    public void One_text_is_validated_on_its_end()
    {
        using TemporaryFolder folder = new();
        string text = string.Concat(Enumerable.Range(0, 1000).Select(i => i.ToString("D4", CultureInfo.InvariantCulture)));
        using Dataset data = Samples.Prepare(folder, Samples.Source("one", [new TextItem { Text = text, Origin = "" }]), new DatasetOptions { ValidationFraction = 0.1 });
        Assert.Equal(((long)3601, (long)400), (data.Manifest.TrainTokens, data.Manifest.ValidationTokens));
        string end = string.Concat(data.Validation(new BatchOptions(1, 399, 0), 1).Select(batch => Samples.Row(batch, 0)));
        Assert.Contains("09500951", end, StringComparison.Ordinal);
        Assert.DoesNotContain("08990900", end, StringComparison.Ordinal);
    }

    [Fact]
    public void Pieces_of_a_text_are_one_document()
    {
        using TemporaryFolder folder = new();
        TextItem[] items = [new() { Text = "one ", Origin = "", Continues = true }, new() { Text = "text", Origin = "" }, new() { Text = "other", Origin = "" }];
        using Dataset data = Samples.Prepare(folder, Samples.Source("pieces", items) with { Validation = Samples.Texts(1).Items(_ => { }) });
        Assert.Equal((2, 8 + 1 + 5 + 1), (data.Manifest.TrainDocuments, data.Manifest.TrainTokens));
    }

    [Fact]
    public void Conversations_without_anything_to_learn_are_left_out_and_said_with_their_roles()
    {
        using TemporaryFolder folder = new();
        TextItem silent = new() { Messages = [new ChatTurn("user", "anyone?")], Origin = "" };
        TextItem other = new() { Messages = [new ChatTurn("user", "hi"), new ChatTurn("gpt", "ho"), new ChatTurn("bot", "hum")], Origin = "" };
        TextItem bad = new() { Messages = [new ChatTurn("user", "hi"), new ChatTurn("assistant", "wrong") { IsLearnt = false }], Origin = "" };
        using Dataset data = Samples.Prepare(folder, Samples.Source("some", [silent, .. Samples.Chats(4).Items(_ => { }), other, bad]));
        Assert.Equal((3, 4), (data.Manifest.SilentConversations, data.Manifest.TrainDocuments + data.Manifest.ValidationDocuments));
        Assert.Equal(
            [
                "2 of 7 conversations have no assistant turn and are left out (roles: bot, gpt).",
                "1 of 7 conversations have only assistant turns that are not to be learnt (weight 0) and are left out.",
            ],
            data.Manifest.Notes);
    }

    [Fact]
    public void Conversations_that_all_lack_an_answer_are_an_error()
    {
        using TemporaryFolder folder = new();
        var error = Assert.Throws<PipelineException>(() =>
            Samples.Prepare(folder, Samples.Source("quiet.jsonl", [new TextItem { Messages = [new ChatTurn("user", "anyone?")], Origin = "" }])));
        Assert.Contains("quiet.jsonl holds nothing to learn. 1 of 1 conversations have no assistant turn and are left out (roles: user).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_files_leave_out_is_kept_with_the_data()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["in"]);
        File.WriteAllText(folder["in/a.jsonl"], "{\"text\":\"one\",\"id\":1}\n{\"text\":\"two\",\"id\":2}\n");
        File.WriteAllText(folder["in/b.pdf"], "%PDF-1.7");
        for (int i = 0; i < 2; i++) // prepared, then used again
        {
            using Dataset data = Dataset.Prepare(folder["data"], DataSource.FromPath(folder["in"]), new ByteEncoder(), new DatasetOptions());
            Assert.Equal(i == 1, data.WasReused);
            Assert.Equal([$"Left out of {folder["in"]}: PDF (1: b.pdf).", $"Fields that are not read: `id` (first {folder["in/a.jsonl"]}:1)."], data.Manifest.Notes);
        }
    }

    [Fact]
    public void A_turn_of_weight_0_is_no_target()
    {
        using TemporaryFolder folder = new();
        string line = """{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"WRONG","weight":0},{"role":"user","content":"no"},{"role":"assistant","content":"right"}]}""" + "\n";
        File.WriteAllText(folder["a.jsonl"], line + line);
        using Dataset data = Dataset.Prepare(folder["data"], DataSource.FromPath(folder["a.jsonl"]), new ByteEncoder(), new DatasetOptions());
        Batch batch = data.Train(new BatchOptions(1, 200, 0)).Get(0);
        Assert.Equal("right".Length + 1, batch.Targets.Count(target => target != Batch.NoTarget)); // and its end
    }

    [Fact]
    public void A_single_conversation_cannot_be_divided()
    {
        using TemporaryFolder folder = new();
        var error = Assert.Throws<PipelineException>(() => Samples.Prepare(folder, Samples.Chats(1)));
        Assert.Contains("at least two", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_validation_share_out_of_range_is_an_error(double share)
    {
        using TemporaryFolder folder = new();
        Assert.Throws<PipelineException>(() => Samples.Prepare(folder, Samples.Texts(5), new DatasetOptions { ValidationFraction = share }));
    }

    [Fact]
    public void An_error_of_a_file_reaches_the_caller()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["chat.jsonl"], "{\"text\":\"fine\"}\nnot json\n");
        var error = Assert.Throws<PipelineException>(() => Dataset.Prepare(folder["data"], DataSource.FromPath(folder["chat.jsonl"]), new ByteEncoder(), new DatasetOptions()));
        Assert.Contains("chat.jsonl:2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_ends_at_all_bytes_and_documents()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["a.txt"], "first\n<|endoftext|>\nsecond\n");
        PrepareProgress last = default;
        using Dataset data = Dataset.Prepare(folder["data"], DataSource.FromPath(folder["a.txt"]), new ByteEncoder(), new DatasetOptions(), progress => last = progress);
        Assert.Equal(new PrepareProgress(2, 15, 27, 27), last);
    }

    [Fact]
    public void The_built_in_corpus_validates_on_documents_that_are_neither_learnt_nor_held_out()
    {
        BusinessCorpus corpus = new(1);
        DataSource source = DataSource.FromCorpus(corpus, "1", examples: 50, heldOut: 9, validation: 6);
        string[] learnt = [.. source.Items(_ => { }).Select(item => item.Messages![0].Content)];
        string[] validated = [.. source.Validation!.Select(item => item.Messages![0].Content)];
        Assert.Equal((50, 6), (learnt.Length, validated.Length));
        Assert.Empty(validated.Intersect(learnt));
        Assert.Empty(validated.Intersect(corpus.HeldOut(9).Select(item => item.Messages[0].Content)));
    }

    private static HashSet<string> Conversations(BatchSource source) =>
        [.. Enumerable.Range(0, (int)source.BatchesPerEpoch).SelectMany(step => Rows(source.Get(step)))];

    private static IEnumerable<string> Rows(Batch batch) => Enumerable.Range(0, batch.Rows).Select(row => Samples.Row(batch, row));

    private static IEnumerable<TextItem> Refuse()
    {
        yield return new TextItem { Text = "x", Origin = "" };
        throw new InvalidOperationException("the source should not be read to its end");
    }
}
