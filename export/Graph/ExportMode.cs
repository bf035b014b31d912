namespace MhcPipeline.Export.Graph;

/// <summary>With which operators the mixing of the streams is written.</summary>
public enum ExportMode
{
    /// <summary>Only ai.onnx operators for the mixing and ONNX Runtime's contributed ones for attention: every ONNX Runtime runs it.</summary>
    Standard,

    /// <summary>The mixing as operators of domain ai.mhc, one between two sublayers: hosts need them registered, in process or as a plug-in.</summary>
    Fused,
}
