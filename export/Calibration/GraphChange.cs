namespace MhcPipeline.Export.Calibration;

/// <summary>Sizes of a graph, or a part of it, without and with folds.</summary>
/// <param name="OperatorsBefore">Nodes without.</param>
/// <param name="OperatorsAfter">Nodes with.</param>
/// <param name="BytesBefore">Bytes of weights and constants without.</param>
/// <param name="BytesAfter">Bytes of weights and constants with.</param>
public sealed record GraphChange(int OperatorsBefore, int OperatorsAfter, long BytesBefore, long BytesAfter);
