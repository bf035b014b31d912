using MhcPipeline.Export.Onnx;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Weights;

/// <summary>How matrices are stored, and with which operators they are multiplied. The one place that knows of a precision.</summary>
internal interface IWeightFormat
{
    /// <summary>The type in which sublayers compute, and of the cache: float32, float16 or bfloat16. The coefficients of the mixing are float32 always.</summary>
    DataType Activations { get; }

    /// <summary>The type of the embedding, the streams and what norms are given: float32, or that of the sublayers.</summary>
    DataType Streams => DataType.Float;

    /// <summary>Adds x · matrixᵀ for x [T, in] of type <see cref="Activations"/> and a float32 matrix [out, in] of the checkpoint; gives the same type.</summary>
    Value Linear(GraphBuilder graph, Value x, WeightTensor matrix);

    /// <summary>Adds the rows of a float32 table [V, C] at the indices [T]; gives [T, C] of type <see cref="Streams"/>.</summary>
    Value Rows(GraphBuilder graph, WeightTensor table, Value indices);

    /// <summary>A float32 tensor that an operator of a sublayer takes beside its activations, in their type.</summary>
    Value Beside(GraphBuilder graph, WeightTensor tensor);
}
