using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Core;
using MhcPipeline.Train.Data;
using Xunit;

namespace MhcPipeline.Train.Tests.Data;

public class WindowBatchesTests
{
    [Fact]
    public void Targets_are_the_tokens_after_the_inputs()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Texts(30));
        Batch batch = data.Train(new BatchOptions(4, 16, 3)).Get(5);
        Assert.Equal((4, 16, 64, 64), (batch.Rows, batch.Length, batch.Tokens, batch.TargetTokens));
        for (int row = 0; row < 4; row++)
            Assert.Equal(batch.Inputs.AsSpan((row * 16) + 1, 15).ToArray(), batch.Targets.AsSpan(row * 16, 15).ToArray());
    }

    [Fact]
    public void An_epoch_shows_no_token_twice_and_leaves_out_less_than_a_window() =>
        Prop.ForAll(Gen.Choose(2, 40).ToArbitrary(), Gen.Choose(1, 33).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (documents, block, seed) =>
        {
            using TemporaryFolder folder = new();
            // Every token of the text is different: one long document of code points would need a larger alphabet, so ids count up instead.
            using Dataset data = Dataset.Prepare(folder.Path, Samples.Texts(documents), new CountingEncoder(), new DatasetOptions { Seed = 1, ShardTokens = 337 });
            BatchSource train = data.Train(new BatchOptions(1, block, (ulong)seed));
            long[] seen = [.. Enumerable.Range(0, (int)train.BatchesPerEpoch).SelectMany(step => train.Get(step).Inputs).Where(id => id > 0)];
            Assert.Equal(seen.Length, seen.Distinct().Count());
            Assert.InRange(train.BatchesPerEpoch * block, data.Manifest.TrainTokens - block + 1, data.Manifest.TrainTokens);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(7, 11));

    [Fact]
    public void Epochs_cut_the_text_at_different_places()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Dataset.Prepare(folder.Path, Samples.Texts(30), new CountingEncoder(), new DatasetOptions { Seed = 1 });
        BatchSource train = data.Train(new BatchOptions(1, 32, 3));
        long[] starts(int epoch) => [.. Enumerable.Range(0, (int)train.BatchesPerEpoch).Select(i => train.Get((epoch * train.BatchesPerEpoch) + i).Inputs[0] % 32)];
        Assert.NotEqual(starts(0).Order(), starts(1).Order());
    }

    [Fact]
    public void A_batch_is_the_same_from_a_source_that_was_opened_again()
    {
        using TemporaryFolder folder = new();
        Batch first, again, other;
        using (Dataset data = Samples.Prepare(folder, Samples.Texts(30)))
        {
            first = data.Train(new BatchOptions(4, 16, 3)).Get(1234);
            other = data.Train(new BatchOptions(4, 16, 4)).Get(1234);
        }
        using (Dataset data = Samples.Prepare(folder, Samples.Texts(30)))
            again = data.Train(new BatchOptions(4, 16, 3)).Get(1234);
        Assert.Equal(first.Inputs, again.Inputs);
        Assert.Equal(first.Targets, again.Targets);
        Assert.NotEqual(first.Inputs, other.Inputs);
    }

    [Fact]
    public void Too_little_text_for_a_row_is_said()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Texts(2));
        var error = Assert.Throws<PipelineException>(() => data.Train(new BatchOptions(1, 512, 0)));
        Assert.Contains("one row takes 513", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_validation_text_makes_short_rows()
    {
        using TemporaryFolder folder = new();
        using Dataset data = Samples.Prepare(folder, Samples.Texts(10));
        Batch batch = Assert.Single(data.Validation(new BatchOptions(8, 400, 0), 5));
        Assert.Equal(data.Manifest.ValidationTokens - 1, batch.Length);
    }
}
