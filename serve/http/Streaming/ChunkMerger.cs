using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Serve.Streaming;

/// <summary>Brings several texts that are generated side by side into one stream, in the order in which their chunks come.</summary>
internal static class ChunkMerger
{
    public static async IAsyncEnumerable<(int Index, GenerationChunk Chunk)> MergeAsync(
        IReadOnlyList<IAsyncEnumerable<GenerationChunk>> texts, [EnumeratorCancellation] CancellationToken ct = default)
    {
        if (texts.Count == 1)
        {
            await foreach (GenerationChunk chunk in texts[0].WithCancellation(ct))
            {
                yield return (0, chunk);
            }
            yield break;
        }
        var merged = Channel.CreateUnbounded<(int, GenerationChunk)>(new UnboundedChannelOptions { SingleReader = true });
        Task all = Task.WhenAll(texts.Select(async (text, index) =>
        {
            await foreach (GenerationChunk chunk in text.WithCancellation(ct))
            {
                merged.Writer.TryWrite((index, chunk));
            }
        }));
        Task ended = all.ContinueWith(done => merged.Writer.TryComplete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await foreach ((int, GenerationChunk) item in merged.Reader.ReadAllAsync(CancellationToken.None))
        {
            yield return item;
        }
        await ended;
    }
}
