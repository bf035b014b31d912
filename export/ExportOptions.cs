using MhcPipeline.Export.Calibration;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export;

/// <summary>Choices of an export.</summary>
public sealed record ExportOptions
{
    /// <summary>With which operators the mixing is written.</summary>
    public ExportMode Mode { get; init; } = ExportMode.Standard;

    /// <summary>How weights are stored.</summary>
    public ExportPrecision Precision { get; init; } = ExportPrecision.Float32;

    /// <summary>What the graph is made for.</summary>
    public ExportDevice Device { get; init; } = ExportDevice.Cpu;

    /// <summary>
    /// True for the twin that a CPU can run of a 16-bit graph: the same graph and the same rounded weights, all in float32. Verification takes it
    /// where ONNX Runtime's CPU provider does not take the graph itself.
    /// </summary>
    public bool Widened { get; init; }

    /// <summary>What is folded, where it applies.</summary>
    public FoldSet Folds { get; init; } = FoldSet.Usual;

    /// <summary>Tokens on which the folds' errors are measured and Sinkhorn iterations counted; null: neither.</summary>
    public CalibrationSet? Calibration { get; init; }

    /// <summary>Whether the calibration set is used.</summary>
    public CalibrationChoice Calibrate { get; init; } = CalibrationChoice.Auto;
}
