using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Model;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>Writes what the stages after training read.</summary>
/// <param name="run">The run folder.</param>
public sealed class RunArtifacts(RunFolder run)
{
    /// <summary>Rows and tokens of expected.safetensors: enough to tell a wrong graph, little enough for a large vocabulary.</summary>
    private const int ExpectedRows = 2, ExpectedTokens = 64;

    /// <summary>Tokens of validation.safetensors, at most: a mean over some thousand tokens, measured in seconds.</summary>
    private const int ValidationTokens = 16384;

    /// <summary>config.json, generation_config.json, model.safetensors, expected.safetensors and validation.safetensors.</summary>
    /// <param name="model">As trained.</param>
    /// <param name="validation">Validation batches; the expected logits are computed on the beginning of the first.</param>
    /// <param name="isChat">True when the model learnt conversations.</param>
    /// <param name="record">What model.safetensors says of itself.</param>
    public void Write(LanguageModel model, IReadOnlyList<Batch> validation, bool isChat, params ReadOnlySpan<(string Key, string Value)> record)
    {
        model.Config.Save(run.ConfigJson);
        WriteGenerationConfig(model.Config, isChat);
        WriteExpected(model, validation[0]);
        WriteValidation(validation);
        model.SaveWeights(run.WeightsFile, record);
    }

    private void WriteGenerationConfig(ModelConfig config, bool isChat)
    {
        // Answers are best greedy; running text goes round in circles without chance.
        var json = new JsonObject { ["max_length"] = config.MaxPositionEmbeddings, ["do_sample"] = !isChat };
        if (!isChat)
            json["temperature"] = 0.8;
        if (config.BosTokenId is { } bos)
            json["bos_token_id"] = bos;
        if (config.EosTokenId is { } eos)
            json["eos_token_id"] = eos;
        AtomicFile.WriteAllText(run.GenerationConfigJson, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    // Rows of the batches in turn, so that a sample has some of each; shorter ones end in tokens without targets.
    private void WriteValidation(IReadOnlyList<Batch> batches)
    {
        int length = batches.Max(batch => batch.Length), rows = Math.Max(1, ValidationTokens / length);
        (Batch Batch, int Row)[] chosen = [.. Enumerable.Range(0, batches.Max(batch => batch.Rows))
            .SelectMany(row => batches.Where(batch => row < batch.Rows).Select(batch => (batch, row))).Take(rows)];
        long[] ids = new long[chosen.Length * length], targets = new long[ids.Length];
        Array.Fill(targets, Batch.NoTarget);
        for (int i = 0; i < chosen.Length; i++)
        {
            (Batch batch, int row) = chosen[i];
            batch.Inputs.AsSpan(row * batch.Length, batch.Length).CopyTo(ids.AsSpan(i * length));
            batch.Targets.AsSpan(row * batch.Length, batch.Length).CopyTo(targets.AsSpan(i * length));
        }
        var writer = new SafetensorsWriter();
        writer.Add("input_ids", [chosen.Length, length], ids);
        writer.Add("targets", [chosen.Length, length], targets);
        writer.Save(run.ValidationFile);
    }

    private void WriteExpected(LanguageModel model, Batch sample)
    {
        int length = Math.Min(ExpectedTokens, sample.Length);
        long[] ids = [.. Enumerable.Range(0, ExpectedRows).SelectMany(row => sample.Inputs.Skip(row % sample.Rows * sample.Length).Take(length))];
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        ScalarType trained = model.Precision;
        model.Precision = ScalarType.Float32; // an exported graph is compared with these: bf16 would hide its errors
        Tensor logits = model.Forward(tensor(ids, [ExpectedRows, length]).to(model.Parameters.Device)).cpu().contiguous(); // [2,S,V]
        model.Precision = trained;
        var writer = new SafetensorsWriter();
        writer.Add("input_ids", [ExpectedRows, length], ids);
        writer.Add("logits", TensorType.F32, logits.shape, logits.bytes.ToArray());
        writer.Save(run.ExpectedFile);
    }
}
