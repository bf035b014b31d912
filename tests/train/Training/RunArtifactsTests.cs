using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Training;
using Xunit;

namespace MhcPipeline.Train.Tests.Training;

/// <summary>What training leaves for the stages after it.</summary>
public sealed class RunArtifactsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;

    public RunArtifactsTests() => _run = new RunFolder(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_validation_sample_has_rows_of_every_batch_with_their_targets()
    {
        Write(Filled(rows: 2, length: 5, value: 1), Filled(rows: 1, length: 3, value: 2));

        using var sample = SafetensorsFile.Open(_run.ValidationFile);
        Assert.Equal([3L, 5], sample.Tensor("input_ids").Shape);
        Assert.Equal([1L, 1, 1, 1, 1, 2, 2, 2, 0, 0, 1, 1, 1, 1, 1], sample.ReadInt64("input_ids"));
        Assert.Equal([2L, 2, 2, 2, 2, 3, 3, 3, -100, -100, 2, 2, 2, 2, 2], sample.ReadInt64("targets"));
    }

    [Fact]
    public void The_validation_sample_is_bounded()
    {
        Write([.. Enumerable.Range(0, 40).Select(_ => Filled(rows: 32, length: 32, value: 1))]);

        using var sample = SafetensorsFile.Open(_run.ValidationFile);
        Assert.Equal([512L, 32], sample.Tensor("input_ids").Shape);
    }

    private void Write(params Batch[] validation)
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        new RunArtifacts(_run).Write(model, validation, isChat: false);
    }

    private static Batch Filled(int rows, int length, long value) => new()
    {
        Inputs = [.. Enumerable.Repeat(value, rows * length)],
        Targets = [.. Enumerable.Repeat(value + 1, rows * length)],
        Rows = rows,
        Length = length,
        Tokens = rows * length,
        TargetTokens = rows * length,
    };
}
