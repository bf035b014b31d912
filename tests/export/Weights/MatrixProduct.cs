using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Export.Weights;
using Microsoft.ML.OnnxRuntime;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Tests.Weights;

/// <summary>One product with a matrix in a weight format, in ONNX Runtime.</summary>
internal static class MatrixProduct
{
    /// <summary>x · matrixᵀ for x [rows, width] and a matrix [outputs, width].</summary>
    public static float[] Run(IWeightFormat format, float[] x, int rows, float[] matrix, int outputs, int width)
    {
        using var folder = new ScratchFolder();
        var writer = new SafetensorsWriter();
        writer.Add("matrix", [outputs, width], matrix);
        writer.Save(folder.In("matrix.safetensors"));
        using var weights = SafetensorsFile.Open(folder.In("matrix.safetensors"));

        var graph = new GraphBuilder("product");
        var store = new ModelWeights(weights);
        var config = RandomCheckpoint.Config();
        var context = new GraphContext(graph, config, store, FoldSet.None.For(new FoldTarget(config, ExportMode.Standard, store, []))) { Format = format };
        Value input = graph.Input("x", DataType.Float, "rows", width);
        Value output = context.Widen(context.Linear(context.Narrow(input), context.Weights.Tensor("matrix")));
        graph.Output(output, DataType.Float, "rows", outputs);
        OnnxFile.Write(graph.Build(), folder.In("product.onnx"));

        using var session = new InferenceSession(folder.In("product.onnx"));
        using var run = new RunOptions();
        using var value = OrtValue.CreateTensorValueFromMemory(x, [rows, width]);
        using var results = session.Run(run, ["x"], [value], session.OutputNames);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
