using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Core;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Verification;

namespace MhcPipeline.Export.Output;

/// <summary>export.json: what was exported, how, and the errors measured.</summary>
internal static class ExportReportFile
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <summary>Writes the file.</summary>
    public static void Write(string path, ModelConfig config, ExportedModel model, VerificationResult verification)
    {
        var json = new JsonObject
        {
            ["mode"] = model.Mode.ToString().ToLowerInvariant(),
            ["precision"] = model.Precision.ToString().ToLowerInvariant(),
            ["device"] = model.Device.ToString().ToLowerInvariant(),
            ["connection"] = config.Connection,
            ["opset"] = model.Opset,
            ["onnx_runtime"] = OnnxModelRunner.RuntimeVersion,
            ["files"] = new JsonObject { ["model.onnx"] = model.GraphBytes, ["model.onnx.data"] = model.DataBytes },
            ["nodes"] = model.Nodes,
            ["nodes_by_operator"] = new JsonObject(model.NodeCounts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value))),
            ["folding"] = FoldingJson.Of(model.Folding),
            ["verification"] = new JsonObject
            {
                ["against"] = verification.Against,
                ["of"] = model.RunsOnCpu ? "the model" : "the same graph and rounded weights in float32: ONNX Runtime's CPU provider does not run bfloat16",
                ["sequences"] = verification.Sequences,
                ["tokens"] = verification.Tokens,
                ["prefill_max_abs_error"] = verification.Prefill?.Largest,
                ["chunked_prefill_max_abs_error"] = verification.Chunked.Largest,
                ["decode_max_abs_error"] = verification.Decode.Largest,
                ["max_abs_logit"] = verification.LargestLogit,
                ["relative_rms_error"] = verification.Relative,
                ["limit"] = LogitLimit.Of(model.Precision).Largest,
                ["relative_rms_limit"] = LogitLimit.Of(model.Precision).Relative,
            },
        };
        AtomicFile.WriteAllText(path, json.ToJsonString(_indented) + "\n");
    }

    /// <summary>Puts a comparison of precisions into the file.</summary>
    /// <exception cref="PipelineException">The file is no JSON object.</exception>
    public static void AddPrecisions(string path, ExportMode mode, IEnumerable<PrecisionResult> results)
    {
        JsonObject json;
        try
        {
            json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PipelineException($"{path} is damaged: {e.Message} Export the run again with `make export`.", e);
        }
        json["precisions"] = new JsonObject(results.Select(result => KeyValuePair.Create(result.Precision.ToString().ToLowerInvariant(), (JsonNode?)new JsonObject
        {
            ["mode"] = mode.ToString().ToLowerInvariant(),
            ["bytes"] = result.Bytes,
            ["max_abs_error"] = Number(result.Verification.Error),
            ["relative_rms_error"] = Number(result.Verification.Relative),
            ["accepted"] = result.Accepted,
            ["validation_loss"] = Number(result.ValidationLoss),
            ["exact_match"] = result.ExactMatch,
        })));
        AtomicFile.WriteAllText(path, json.ToJsonString(_indented) + "\n");
    }

    // JSON has no word for what is not finite.
    private static double? Number(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
