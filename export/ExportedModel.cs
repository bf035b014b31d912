using MhcPipeline.Export.Calibration;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export;

/// <summary>What an export wrote.</summary>
/// <param name="ModelPath">model.onnx.</param>
/// <param name="Mode">With which operators the mixing was written.</param>
/// <param name="Precision">How weights are stored.</param>
/// <param name="Device">What the graph was made for.</param>
/// <param name="Opset">Version of ai.onnx's operators.</param>
/// <param name="GraphBytes">Size of model.onnx.</param>
/// <param name="DataBytes">Size of model.onnx.data.</param>
/// <param name="NodeCounts">How many nodes of each operator the graph has, the most frequent first.</param>
/// <param name="Folding">What folding changed.</param>
public sealed record ExportedModel(string ModelPath, ExportMode Mode, ExportPrecision Precision, ExportDevice Device, int Opset, long GraphBytes, long DataBytes, IReadOnlyDictionary<string, int> NodeCounts, FoldingReport Folding)
{
    /// <summary>Whether ONNX Runtime's CPU provider runs it.</summary>
    public bool RunsOnCpu => Precision != ExportPrecision.BFloat16 || Widened;

    /// <summary>Whether it is the float32 twin of a 16-bit graph.</summary>
    public bool Widened { get; init; }

    /// <summary>Number of nodes.</summary>
    public int Nodes => NodeCounts.Values.Sum();
}
