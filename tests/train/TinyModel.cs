using MhcPipeline.Core;
using MhcPipeline.Train.Model;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests;

/// <summary>Models small enough for a test.</summary>
internal static class TinyModel
{
    public static ModelConfig Config(string connection = "mhc", int streams = 4) => new()
    {
        Connection = connection,
        HcMult = connection == "residual" ? 1 : streams,
        HiddenSize = 16,
        IntermediateSize = 24,
        NumHiddenLayers = 2,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 32,
        VocabSize = 20,
    };

    public static LanguageModel Create(ModelConfig config, long seed = 1)
    {
        var model = new LanguageModel(config, CPU);
        model.Initialise(seed);
        return model;
    }

    public static long[] Tokens(int count, int vocabulary = 20, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(vocabulary))];
    }

    public static Tensor Ids(int rows, int length, int seed = 1) => tensor(Tokens(rows * length, seed: seed), [rows, length]);
}
