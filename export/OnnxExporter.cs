using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Calibration;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Connections;
using MhcPipeline.Export.Decoder;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export;

/// <summary>Writes a checkpoint as an ONNX model.</summary>
public static class OnnxExporter
{
    /// <summary>
    /// Writes model.onnx and model.onnx.data into a folder, each whole or not at all. The weights are streamed from the
    /// mapped checkpoint, so memory does not grow with the model.
    /// </summary>
    /// <param name="config">The model's configuration.</param>
    /// <param name="weights">The checkpoint, with the tensors that design.md section 2 names; F16 and BF16 become float32.</param>
    /// <param name="onnxFolder">Where to write; made if it is not there.</param>
    /// <param name="options">Choices, or null for the usual ones.</param>
    /// <exception cref="PipelineException">The configuration cannot be exported, the weights do not fit it, or a file cannot be written.</exception>
    public static ExportedModel Export(ModelConfig config, ITensorSource weights, string onnxFolder, ExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        options ??= new ExportOptions();
        config.Validate();
        if (options.Device == ExportDevice.Cuda && options.Precision is not (ExportPrecision.Float16 or ExportPrecision.BFloat16))
            throw new PipelineException($"Precision {options.Precision.ToString().ToLowerInvariant()} cannot be exported for device cuda: ONNX Runtime's attention takes only 16-bit numbers there. Choose bfloat16 or float16.");
        IConnection connection = ConnectionRegistry.For(config);
        var target = new FoldTarget(config, options.Mode, new ModelWeights(weights), [.. connection.AllMaps(config)]);
        DecoderGraph.Check(config, connection, target.Weights);
        bool narrowStreams = options.Device == ExportDevice.Cuda && (options.Mode == ExportMode.Fused || config.Connection == "residual");
        FoldedGraph folded = FoldedGraph.Build(target, options.Folds, WeightFormats.For(options.Precision, narrowStreams, options.Widened), options.Calibration, options.Calibrate, Path.Combine(onnxFolder, "calibration"));
        string path = Path.Combine(onnxFolder, "model.onnx");
        (long graphBytes, long dataBytes) = OnnxFile.Write(folded.Graph, path);
        return new ExportedModel(path, options.Mode, options.Precision, options.Device, OnnxFile.Opset, graphBytes, dataBytes, folded.Graph.NodeCounts, folded.Report) { Widened = options.Widened };
    }
}
