using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using MhcPipeline.Core;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Onnx.Proto;
using MhcPipeline.Export.Output;

namespace MhcPipeline.Export.Command;

/// <summary>Shows an exported graph by its parts: operators, bytes of weights and Sinkhorn iterations, before and after folding; and what each fold did.</summary>
internal static class InspectExport
{
    /// <summary>Reads model.onnx and export.json of a folder and prints two tables.</summary>
    /// <exception cref="PipelineException">A file is missing or malformed.</exception>
    public static void Show(string folder, StepDisplay display)
    {
        GraphProto graph = Read(Path.Combine(folder, "model.onnx"), path =>
        {
            using FileStream stream = File.OpenRead(path);
            return ModelProto.Parser.ParseFrom(stream).Graph;
        });
        JsonNode folding = Read(Path.Combine(folder, "export.json"), path => JsonNode.Parse(File.ReadAllText(path))?["folding"] ?? throw new FormatException("it has no folding"));
        var parts = GraphParts.Of(graph, []);

        Dictionary<string, JsonNode> before = folding["parts"]!.AsArray().ToDictionary(part => (string)part!["name"]!, part => part!, StringComparer.Ordinal);
        IEnumerable<string[]> rows = before.Keys.Union(parts.Keys).Select(name =>
        {
            (int operators, long bytes) = parts.GetValueOrDefault(name);
            JsonNode? was = before.GetValueOrDefault(name);
            return new[] { name, Number(was?["operators_before"]), Number(operators), Number(was?["weight_bytes_before"]), Number(bytes), Number(was?["sinkhorn_iterations"]) };
        });
        string[] total = ["all", Number(folding["operators_before"]), Number(parts.Values.Sum(part => part.Operators)),
            Number(folding["weight_bytes_before"]), Number(parts.Values.Sum(part => part.Bytes)), ""];
        display.Table(["part", "operators before", "after", "bytes of weights before", "after", "Sinkhorn iterations"], [.. rows, total]);
        display.Line("");
        display.Table(["fold", "done", "operators alone", "bytes of weights alone", "largest change of a logit"], folding["folds"]!.AsArray().Select(fold => new[]
        {
            (string)fold!["name"]!,
            (bool)fold["applied"]! ? (string?)fold["why"] ?? "yes" : $"no: {(string?)fold["why"]}",
            fold["alone"] is { } alone ? Signed((long)alone["operators_after"]! - (long)alone["operators_before"]!) : "",
            fold["alone"] is { } change ? Signed((long)change["weight_bytes_after"]! - (long)change["weight_bytes_before"]!) : "",
            fold["error"] is { } error ? ((double)error).ToString("0.0e+0", CultureInfo.InvariantCulture) : "",
        }));
        display.Line($"Changes of logits: {(string?)folding["error_measured_on"]}");
    }

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidProtocolBufferException or System.Text.Json.JsonException or FormatException)
        {
            throw new PipelineException($"{path} cannot be inspected: {e.Message} Give the onnx folder of an exported run, such as runs/default/onnx; `make export` writes it.", e);
        }
    }

    private static string Number(JsonNode? value) => value is null ? "" : Number((long)value);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Signed(long value) => value.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);
}
