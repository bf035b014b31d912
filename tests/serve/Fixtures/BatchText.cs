using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Scheduling;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>A text asked of a batch, and what came of it.</summary>
internal sealed class BatchText(Sequence sequence, CancellationTokenSource cancellation)
{
    private List<GenerationChunk>? _chunks;

    public int[] Prompt => [.. sequence.Request.Prompt];

    public bool Echo => sequence.Request.Echo;

    public List<int> Tokens => [.. Chunks.Where(chunk => chunk is { IsPrompt: false, TokenId: not null }).Select(chunk => chunk.TokenId!.Value)];

    public List<int> Echoed => [.. Chunks.Where(chunk => chunk.IsPrompt).Select(chunk => chunk.TokenId!.Value)];

    public bool Failed => sequence.Chunks.Completion.IsFaulted;

    public bool WasCancelled => cancellation.IsCancellationRequested;

    public bool IsWhole => Chunks is [.., { FinishReason: FinishReason.Stop or FinishReason.Length }];

    public int CachedTokens => sequence.CachedTokens;

    private List<GenerationChunk> Chunks
    {
        get
        {
            if (_chunks is null)
            {
                _chunks = [];
                while (sequence.Chunks.TryRead(out GenerationChunk? chunk))
                {
                    _chunks.Add(chunk);
                }
            }
            return _chunks;
        }
    }

    public void Cancel() => cancellation.Cancel();

    public List<int> Expected(int maxContext) => HistoryModel.Continue(Prompt, Math.Min(sequence.Request.MaxTokens, maxContext - Prompt.Length));
}
