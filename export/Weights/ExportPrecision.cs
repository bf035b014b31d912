namespace MhcPipeline.Export.Weights;

/// <summary>How the weights of projections and of the output matrix are stored. The coefficients of the mixing are float32 always.</summary>
public enum ExportPrecision
{
    /// <summary>As trained: 4 bytes a weight.</summary>
    Float32,

    /// <summary>8 bits a weight and a float32 scale for every 32: 1.125 bytes a weight.</summary>
    Int8,

    /// <summary>4 bits a weight and a float32 scale for every 32: 0.625 bytes a weight.</summary>
    Int4,

    /// <summary>2 bytes a weight; sublayers and their cache compute in float16 too. For GPUs.</summary>
    Float16,

    /// <summary>The same in bfloat16, which has float32's range and 8 bits of a number: what training on GPUs computes in. ONNX Runtime's CPU provider does not run it.</summary>
    BFloat16,
}
