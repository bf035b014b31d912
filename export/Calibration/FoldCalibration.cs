using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Connections;
using MhcPipeline.Export.Decoder;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Onnx.Proto;
using MhcPipeline.Export.Verification;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export.Calibration;

/// <summary>
/// The model without folds, in mode standard and float32, run over a calibration set: what folds are compared with. Their graphs lie beside it and refer
/// to its weights, apart from those that they change.
/// </summary>
internal sealed class FoldCalibration : IDisposable
{
    private const long MostBytes = 1L << 30;
    private const long MostIterations = 1000; // of all sites: the time that ONNX Runtime takes to load a graph grows faster than its nodes do, 273 s for the graphs of 2000

    private readonly FoldTarget _target;
    private readonly CalibrationSet _set;
    private readonly string _folder;
    private readonly Dictionary<string, TensorProto> _written;
    private readonly float[] _logits;

    /// <summary>Writes the model without folds and runs it.</summary>
    /// <param name="target">The model.</param>
    /// <param name="set">The tokens.</param>
    /// <param name="folder">Where to write: made, and removed with this object.</param>
    /// <exception cref="PipelineException">A file cannot be written or ONNX Runtime cannot run the model.</exception>
    public FoldCalibration(FoldTarget target, CalibrationSet set, string folder)
    {
        (_target, _set, _folder) = (target with { Mode = ExportMode.Standard }, set, folder);
        OnnxGraph plain = Build(FoldSet.None.For(_target), calibrated: true);
        string path = Path.Combine(folder, "plain.onnx");
        OnnxFile.Write(plain, path);
        _written = plain.Graph.Initializer.Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        ModelConfig config = target.Config;
        using var runner = OnnxModelRunner.Load(path);
        string[] sites = config.Connection == "mhc" ? [.. DecoderTensors.Sites(config)] : [];
        (_logits, float[][] given) = runner.Prefill([.. set.Ids], set.Sequences, [.. sites.Select(site => $"calibrate.{site}")]);
        Iterations = sites.Zip(given).ToDictionary(site => site.First,
            site => SinkhornIterations.Enough(site.Second, config.HcMult, config.HcSinkhornIters, config.HcEps), StringComparer.Ordinal);
        _target = _target with { Iterations = Iterations };
    }

    /// <summary>Sinkhorn iterations that each site needs.</summary>
    public IReadOnlyDictionary<string, int> Iterations { get; }

    /// <summary>Why nothing is measured; null when it is.</summary>
    /// <param name="set">The tokens, if there are any.</param>
    /// <param name="choice">What the export was asked for.</param>
    /// <param name="config">The model.</param>
    /// <param name="bytes">Weights without folds, in float32.</param>
    public static string? NotMeasured(CalibrationSet? set, CalibrationChoice choice, ModelConfig config, long bytes) =>
        set is null ? "no calibration set was given"
        : choice == CalibrationChoice.Never ? "switched off"
        : choice == CalibrationChoice.Auto && bytes > MostBytes ? FormattableString.Invariant($"the model has {bytes:N0} bytes of weights, more than {MostBytes:N0}; --calibrate always measures it nevertheless")
        : choice == CalibrationChoice.Auto && SinkhornSteps(config) > MostIterations ? FormattableString.Invariant($"the model has {SinkhornSteps(config):N0} Sinkhorn iterations at all sites together (2 num_hidden_layers · hc_sinkhorn_iters), more than {MostIterations:N0}; --calibrate always measures it nevertheless")
        : null;

    /// <summary>Largest change of a logit by some folds.</summary>
    /// <exception cref="PipelineException">A file cannot be written or ONNX Runtime cannot run the model.</exception>
    public float Error(FoldSet folds)
    {
        string path = Path.Combine(_folder, "folded.onnx");
        OnnxFile.Write(Build(folds.For(_target), calibrated: false), path, _written);
        using var runner = OnnxModelRunner.Load(path);
        return LogitError.Between(runner.Prefill([.. _set.Ids], _set.Sequences), _logits).Largest;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static long SinkhornSteps(ModelConfig config) => config.Connection == "mhc" ? 2L * config.NumHiddenLayers * config.HcSinkhornIters : 0;

    private OnnxGraph Build(FoldPlan plan, bool calibrated) =>
        DecoderGraph.Build(_target.Config, ConnectionRegistry.For(_target.Config), _target.Weights, new Float32Format(), plan, calibrated);
}
