using System.Text;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>A whole text, read to its end.</summary>
internal sealed record GeneratedText(string Text, IReadOnlyList<GenerationChunk> Chunks, string FinishReason, int GeneratedTokens, int CachedTokens)
{
    /// <summary>Mean log-probability of the generated tokens, for best_of; the prompt's do not count.</summary>
    public double MeanLogProb => Chunks.Where(chunk => chunk is { IsPrompt: false, LogProb: not null }).Select(chunk => chunk.LogProb!.Value).DefaultIfEmpty(double.NegativeInfinity).Average();

    public static async Task<GeneratedText> ReadAsync(IAsyncEnumerable<GenerationChunk> chunks)
    {
        var text = new StringBuilder();
        var read = new List<GenerationChunk>();
        await foreach (GenerationChunk chunk in chunks)
        {
            text.Append(chunk.Text);
            read.Add(chunk);
        }
        GenerationChunk last = read[^1];
        return new GeneratedText(text.ToString(), read, last.FinishReason!.Value.Spell(), last.GeneratedTokens, last.CachedTokens);
    }

    /// <summary>Reads texts that are generated side by side. All of them end when one fails, because they share the token that ends them.</summary>
    public static async Task<IReadOnlyList<GeneratedText>> ReadAllAsync(IEnumerable<IAsyncEnumerable<GenerationChunk>> texts)
    {
        var read = new List<GeneratedText>();
        foreach (IAsyncEnumerable<GenerationChunk> text in texts)
        {
            read.Add(await ReadAsync(text));
        }
        return read;
    }
}
