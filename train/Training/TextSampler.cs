using System.Runtime.InteropServices;
using MhcPipeline.Train.Model;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>
/// Continues token sequences with the training forward pass, computing every position anew for each token: slow, but the very
/// function that was trained. Serving is the exported model's work.
/// </summary>
/// <param name="model">The model.</param>
public sealed class TextSampler(LanguageModel model)
{
    /// <summary>Generates until a stop token, a limit, or the model's longest sequence.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <param name="limit">Most tokens to generate.</param>
    /// <param name="temperature">0 takes the likeliest token; else the logits are divided by it and a token is drawn.</param>
    /// <param name="stop">Tokens that end the generation; they are not returned.</param>
    /// <param name="seed">Of the draws.</param>
    /// <returns>The new tokens.</returns>
    public IReadOnlyList<int> Continue(IReadOnlyList<int> prompt, int limit, double temperature, IReadOnlySet<int> stop, int seed)
    {
        var random = new Random(seed);
        List<long> tokens = [.. prompt.Select(id => (long)id)];
        List<int> generated = [];
        using var frozen = no_grad();
        while (generated.Count < limit && tokens.Count < model.Config.MaxPositionEmbeddings)
        {
            int next = Choose(NextLogits(tokens), temperature, random);
            if (stop.Contains(next))
                break;
            tokens.Add(next);
            generated.Add(next);
        }
        return generated;
    }

    private float[] NextLogits(List<long> tokens)
    {
        using var scope = NewDisposeScope();
        Tensor ids = tensor(tokens.ToArray(), [1, tokens.Count]).to(model.Parameters.Device); // [1,S]
        Tensor last = model.Forward(ids).select(1, tokens.Count - 1).to(CPU).contiguous(); // [1,V]
        return MemoryMarshal.Cast<byte, float>(last.bytes).ToArray();
    }

    private static int Choose(float[] logits, double temperature, Random random)
    {
        float highest = logits.Max();
        if (temperature <= 0)
            return Array.IndexOf(logits, highest);
        double[] weights = [.. logits.Select(logit => Math.Exp((logit - highest) / temperature))];
        double mark = random.NextDouble() * weights.Sum();
        for (int id = 0; id < weights.Length; id++)
        {
            mark -= weights[id];
            if (mark < 0)
                return id;
        }
        return weights.Length - 1;
    }
}
