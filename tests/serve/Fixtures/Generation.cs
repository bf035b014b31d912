using System.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>Short ways to ask an engine.</summary>
internal static class Generation
{
    public static GenerationRequest Request(string prompt = "Hi", int maxTokens = 1000) => new() { Prompt = [.. Encoding.UTF8.GetBytes(prompt).Select(value => (int)value)], MaxTokens = maxTokens };

    public static async Task<List<GenerationChunk>> CollectAsync(this InferenceEngine engine, GenerationRequest request, CancellationToken ct = default)
    {
        List<GenerationChunk> chunks = [];
        await foreach (GenerationChunk chunk in engine.GenerateAsync(request, ct))
        {
            chunks.Add(chunk);
        }
        return chunks;
    }

    public static string Text(this IEnumerable<GenerationChunk> chunks) => string.Concat(chunks.Select(chunk => chunk.Text));
}
