using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Graph;

/// <summary>What flows from one sublayer to the next. Where writing a sublayer's output and reading for the next are one operator, the write is still to come.</summary>
/// <param name="Source">The streams [T, n, C]; [T, C] where there is one, or where all are still the embedding.</param>
/// <param name="Output">A sublayer's output [T, C] that is not written yet, if any.</param>
/// <param name="Writing">The coefficients of that write [rows, T].</param>
internal sealed record Streams(Value Source, Value? Output = null, Value? Writing = null);
