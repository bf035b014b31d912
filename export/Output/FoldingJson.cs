using System.Text.Json.Nodes;
using MhcPipeline.Export.Calibration;

namespace MhcPipeline.Export.Output;

/// <summary>The part of export.json that is about folds.</summary>
internal static class FoldingJson
{
    /// <summary>Operators and bytes without and with folds, errors, every fold and every part of the graph.</summary>
    public static JsonObject Of(FoldingReport report)
    {
        JsonObject json = Change(report.Change);
        json["error"] = Finite(report.Error);
        json["error_measured_on"] = report.Measured;
        json["folds"] = new JsonArray([.. report.Folds.Select(fold =>
        {
            var one = new JsonObject { ["name"] = fold.Name, ["applied"] = fold.Applied, ["does"] = fold.Description };
            if (fold.Why is not null)
                one["why"] = fold.Why;
            if (fold.Alone is not null)
                (one["alone"], one["error"]) = (Change(fold.Alone), Finite(fold.Error));
            return one;
        })]);
        json["parts"] = new JsonArray([.. report.Sites.Select(site =>
        {
            JsonObject one = Change(site.Change);
            one.Insert(0, "name", site.Name);
            if (site.Iterations is { } iterations)
                one["sinkhorn_iterations"] = iterations;
            return one;
        })]);
        return json;
    }

    private static JsonObject Change(GraphChange change) => new()
    {
        ["operators_before"] = change.OperatorsBefore,
        ["operators_after"] = change.OperatorsAfter,
        ["weight_bytes_before"] = change.BytesBefore,
        ["weight_bytes_after"] = change.BytesAfter,
    };

    // JSON has no word for what is not finite.
    private static float? Finite(float? error) => error is { } number && float.IsFinite(number) ? number : null;
}
