using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Decoder;

/// <summary>The tables of the rotary position embedding, [max_position_embeddings, head_dim / 2]: angle position / theta^(2i / head_dim).</summary>
internal static class RotaryCache
{
    private const long MostBytes = 1L << 29; // of both tables: a million tokens of heads 128 wide

    /// <summary>Checks that the tables are of a size that can be written and held.</summary>
    /// <exception cref="PipelineException">They are not.</exception>
    public static void Check(ModelConfig config)
    {
        long row = sizeof(float) * (long)config.HeadDim, most = MostBytes / row;
        if (config.MaxPositionEmbeddings > most)
        {
            throw new PipelineException(FormattableString.Invariant(
                $"config.json: max_position_embeddings is {config.MaxPositionEmbeddings}; the tables of positions would take {config.MaxPositionEmbeddings * row:N0} bytes, more than {MostBytes:N0}. With head_dim {config.HeadDim} it can be at most {most}: set it to the longest sequence that is to be run."));
        }
    }

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
