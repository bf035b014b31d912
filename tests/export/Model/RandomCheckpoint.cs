using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Connections;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>A checkpoint with random weights, by seed, in the sizes in which a trained model's lie.</summary>
internal static class RandomCheckpoint
{
    public static ModelConfig Config(string connection = "mhc") => new()
    {
        Connection = connection,
        HcMult = connection == "residual" ? 1 : 4,
        HiddenSize = 32,
        IntermediateSize = 40,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        NumKeyValueHeads = 1,
        MaxPositionEmbeddings = 64,
        VocabSize = 259,
    };

    public static void Save(string path, ModelConfig config, int seed = 1, Action<SafetensorsWriter, TensorSpec, float[]>? add = null)
    {
        var random = new Random(seed);
        var writer = new SafetensorsWriter();
        foreach (TensorSpec spec in DecoderTensors.All(config).Concat(ConnectionRegistry.For(config).Tensors(config)))
        {
            long count = spec.Shape.Aggregate(1L, (product, dimension) => product * dimension);
            float deviation = spec.Shape.Count == 1 ? 0.3f : spec.Name.Contains("embed") ? 1 : 1 / MathF.Sqrt(spec.Shape[1]);
            float centre = spec.Name.Contains("norm.weight") || spec.Name.EndsWith("scale", StringComparison.Ordinal) ? 1 : 0;
            float[] values = [.. Enumerable.Range(0, (int)count).Select(_ => centre + (deviation * Normal(random)))];
            if (add is null)
                writer.Add(spec.Name, spec.Shape, values);
            else
                add(writer, spec, values);
        }
        writer.Save(path);
    }

    public static long[] Ids(ModelConfig config, int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(config.VocabSize))];
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
