using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Graph;

/// <summary>A sublayer's place between the streams.</summary>
/// <param name="Input">What the sublayer is given, [T, C], before its norm.</param>
/// <param name="Leave">From the sublayer's output [T, C] to the streams behind it.</param>
internal sealed record Site(Value Input, Func<Value, Streams> Leave);
