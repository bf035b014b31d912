using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Train.Data;
using Xunit;

namespace MhcPipeline.Train.Tests.Data;

public class ConversationBatchesTests
{
    [Theory]
    [InlineData(ChatLayout.Separate)]
    [InlineData(ChatLayout.Packed)]
    public void Every_answer_is_learnt_exactly_once_in_every_epoch(ChatLayout layout)
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Chats(300));
        BatchSource train = data.Train(new BatchOptions(4, 64, 9, layout));
        List<string> answers = [];
        int step = 0;
        while (answers.Count < 3 * data.Manifest.TrainDocuments)
            answers.AddRange(Answers(train.Get(step++)));
        string[][] epochs = [.. answers.Chunk((int)data.Manifest.TrainDocuments)];
        Assert.Equal(3, epochs.Length);
        Assert.All(epochs, epoch => Assert.Equal(data.Manifest.TrainDocuments, epoch.Distinct().Count()));
        Assert.NotEqual(epochs[0], epochs[1]);
    }

    [Theory]
    [InlineData(ChatLayout.Separate)]
    [InlineData(ChatLayout.Packed)]
    public void Loss_is_on_the_answers_alone_and_counted(ChatLayout layout)
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Chats(100));
        BatchSource train = data.Train(new BatchOptions(4, 64, 9, layout));
        for (int step = 0; step < train.BatchesPerEpoch; step++)
        {
            Batch batch = train.Get(step);
            Assert.Equal(batch.TargetTokens, batch.Targets.Count(target => target != Batch.NoTarget));
            Assert.All(Answers(batch), answer => Assert.Matches(@"^\[\d+\]$", answer));
            for (int i = 0; i < batch.Targets.Length - 1; i++)
                Assert.True(batch.Targets[i] == Batch.NoTarget || batch.Targets[i] == ByteEncoder.TurnEnd || batch.Targets[i] == batch.Inputs[i + 1]);
        }
    }

    [Fact]
    public void Separate_rows_hold_one_conversation_each()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Chats(100));
        BatchSource train = data.Train(new BatchOptions(4, 64, 9));
        for (int step = 0; step < train.BatchesPerEpoch; step++)
        {
            Batch batch = train.Get(step);
            for (int row = 0; row < batch.Rows; row++)
                Assert.Matches(@"^\|u\.*q(\d+)\|\|a\[\1\]$", Samples.Row(batch, row));
        }
    }

    [Fact]
    public void Separate_batches_keep_the_token_budget_and_waste_little_of_it()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Chats(2000, mostFiller: 100));
        BatchSource train = data.Train(new BatchOptions(8, 128, 9));
        Batch[] epoch = [.. Enumerable.Range(0, (int)train.BatchesPerEpoch).Select(step => train.Get(step))];
        Assert.All(epoch, batch => Assert.InRange(batch.Rows * batch.Length, 1, train.MaxTokens));
        Assert.InRange(epoch.Sum(batch => batch.Tokens) / (double)epoch.Sum(batch => batch.Inputs.Length), 0.85, 1);
    }

    [Fact]
    public void Packed_rows_are_nearly_full()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Chats(2000, mostFiller: 100));
        BatchSource train = data.Train(new BatchOptions(8, 256, 9, ChatLayout.Packed));
        Batch[] epoch = [.. Enumerable.Range(0, (int)train.BatchesPerEpoch).Select(step => train.Get(step))];
        Assert.InRange(epoch.Sum(batch => batch.Tokens) / (double)epoch.Sum(batch => batch.Inputs.Length), 0.93, 1);
    }

    [Fact]
    public void Packed_conversations_have_a_separator_between_them()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Chats(100));
        Batch batch = data.Train(new BatchOptions(4, 64, 9, ChatLayout.Packed)).Get(0);
        for (int i = 0; i < batch.Inputs.Length - 1; i++)
        {
            if (batch.Inputs[i] == 256 && batch.Inputs[i + 1] == ByteEncoder.TurnStart && (i + 1) % batch.Length != 0)
                Assert.Equal(ByteEncoder.TurnEnd, batch.Inputs[i - 1]);
        }
        Assert.Contains("|||u", Samples.Row(batch, 0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChatLayout.Separate)]
    [InlineData(ChatLayout.Packed)]
    public void A_batch_is_the_same_when_it_is_the_first_one_asked_for(ChatLayout layout)
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Chats(100));
        BatchOptions options = new(4, 64, 9, layout);
        BatchSource inOrder = data.Train(options);
        Batch[] batches = [.. Enumerable.Range(0, 100).Select(step => inOrder.Get(step))];
        foreach (int step in (int[])[99, 41, 0, 73])
        {
            Assert.Equal(batches[step].Inputs, data.Train(options).Get(step).Inputs);
            Assert.Equal(batches[step].Targets, inOrder.Get(step).Targets);
        }
    }

    [Fact]
    public void A_conversation_too_long_for_a_row_keeps_the_answers_that_fit()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Source("long", Enumerable.Range(0, 10).Select(_ => new TextItem
        {
            Messages = [new("user", "q"), new("assistant", "first"), new("user", new string('x', 50)), new("assistant", "second")],
            Origin = "",
        })));
        Batch batch = data.Train(new BatchOptions(1, 32, 0)).Get(0);
        Assert.All(Answers(batch), answer => Assert.Equal("first", answer));
        Assert.Equal((data.Manifest.TrainDocuments, 0), data.DoNotFit(32));
    }

    [Fact]
    public void When_no_answer_fits_into_a_row_it_is_said()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Source("long", Enumerable.Range(0, 10).Select(_ => new TextItem
        {
            Messages = [new("user", new string('x', 50)), new("assistant", "late")],
            Origin = "",
        })));
        var error = Assert.Throws<PipelineException>(() => data.Train(new BatchOptions(1, 32, 0)));
        Assert.Contains("within 32 tokens", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChatLayout.Separate)]
    [InlineData(ChatLayout.Packed)]
    public void Plain_text_among_conversations_is_learnt_whole(ChatLayout layout)
    {
        using TemporaryFolder folder = new();
        string letters = new([.. Enumerable.Range(0, 150).Select(i => (char)('0' + (i % 70)))]);
        using Dataset data = Dataset.Prepare(
            folder.Path,
            Samples.Source("mixed", [new TextItem { Text = letters, Origin = "" }, new TextItem { Messages = [new("user", "q"), new("assistant", "a")], Origin = "" }]) with
            {
                Validation = Samples.Chats(3).Items(_ => { }),
            },
            new ByteEncoder(),
            new DatasetOptions());
        BatchSource train = data.Train(new BatchOptions(2, 64, 1, layout));
        long learnt = Enumerable.Range(0, (int)train.BatchesPerEpoch).Sum(step => (long)train.Get(step).TargetTokens);
        Assert.Equal(letters.Length + 2, learnt); // all letters but the first, <|endoftext|>, "a" and the end of its turn
    }

    [Fact]
    public void Validation_batches_do_not_depend_on_the_runs_seed()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Chats(200), new DatasetOptions { ValidationFraction = 0.5 });
        IReadOnlyList<Batch> one = data.Validation(new BatchOptions(4, 64, 1), 3), two = data.Validation(new BatchOptions(4, 64, 2), 3);
        Assert.Equal(3, one.Count);
        Assert.Equal(one.SelectMany(batch => batch.Inputs), two.SelectMany(batch => batch.Inputs));
    }

    /// <summary>The stretches of targets that bear loss, as text.</summary>
    private static List<string> Answers(Batch batch)
    {
        List<string> answers = [];
        for (int row = 0; row < batch.Rows; row++)
        {
            string targets = string.Concat(batch.Targets.Skip(row * batch.Length).Take(batch.Length).Select(id => id == Batch.NoTarget ? ' ' : id == ByteEncoder.TurnEnd ? '\n' : (char)id));
            answers.AddRange(targets.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        }
        return answers;
    }
}
