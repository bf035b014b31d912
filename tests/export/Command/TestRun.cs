using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Output;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Export.Tests.Reference;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Training;
using Spectre.Console;

namespace MhcPipeline.Export.Tests.Command;

/// <summary>A run folder as training leaves it, with a random model on bytes.</summary>
internal sealed class TestRun : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public TestRun(string connection = "mhc")
    {
        ModelConfig config = RandomCheckpoint.Config(connection) with { BosTokenId = 256, EosTokenId = 256, MaxPositionEmbeddings = 128 };
        config.Save(Folder.ConfigJson);
        TokenizerJsonWriter.Write(Folder.TokenizerJson, BpeTrainer.ByteTokens());
        RandomCheckpoint.Save(Folder.WeightsFile, config, add: (writer, spec, values) =>
        {
            if (spec.Name == DecoderTensors.Head)
                values.AsSpan(256 * config.HiddenSize).Clear(); // a special token's logit is 0, so that none ends a text
            writer.Add(spec.Name, spec.Shape, values);
        });
        WriteExpected(config, error: 0);
    }

    public RunFolder Folder => new(_folder.Path);

    /// <summary>What was shown on <see cref="Display"/>.</summary>
    public StringWriter Output { get; } = new();

    /// <summary>A display on no terminal, so that it writes lines.</summary>
    public StepDisplay Display() => new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Output) }), interactive: false);

    /// <summary>The logits of the double-precision model, one of them wrong by <paramref name="error"/>.</summary>
    public void WriteExpected(ModelConfig config, float error)
    {
        using var weights = SafetensorsFile.Open(Folder.WeightsFile);
        long[] ids = RandomCheckpoint.Ids(config, 12);
        float[] logits = [.. new ReferenceModel(config, weights).Logits(ids).Select(value => (float)value)];
        logits[777] += error;
        var writer = new SafetensorsWriter();
        writer.Add("input_ids", [1, 12], ids);
        writer.Add("logits", [1, 12, config.VocabSize], logits);
        writer.Save(Folder.ExpectedFile);
    }

    public void Dispose()
    {
        _folder.Dispose();
        Output.Dispose();
    }
}
