using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Decoder;

/// <summary>The tables of the rotary position embedding, [max_position_embeddings, head_dim / 2]: angle position / theta^(2i / head_dim).</summary>
internal static class RotaryCache
{
    /// <summary>Cosines of the angles.</summary>
    public static WeightTensor Cosine(ModelConfig config) => Table("cos_cache", config, Math.Cos);

    /// <summary>Sines of the angles.</summary>
    public static WeightTensor Sine(ModelConfig config) => Table("sin_cache", config, Math.Sin);

    private static WeightTensor Table(string name, ModelConfig config, Func<double, double> function)
    {
        int half = config.HeadDim / 2;
        return new WeightTensor(name, [config.MaxPositionEmbeddings, half], stream =>
        {
            double[] frequencies = [.. Enumerable.Range(0, half).Select(i => Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim))];
            var row = new float[half];
            for (int position = 0; position < config.MaxPositionEmbeddings; position++)
            {
                for (int i = 0; i < half; i++)
                    row[i] = (float)function(position * frequencies[i]);
                stream.Write(MemoryMarshal.AsBytes(row.AsSpan()));
            }
        });
    }
}
