using System.Threading.Channels;
using MhcPipeline.Constraints;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Output;
using MhcPipeline.Engine.Sampling;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>A request on its way: first in the queue, then in a slot.</summary>
internal sealed class Sequence(GenerationRequest request, Sampler sampler, OutputAssembler output, CancellationToken cancellation)
{
    private readonly Channel<GenerationChunk> _chunks = Channel.CreateUnbounded<GenerationChunk>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private volatile bool _abandoned;

    public GenerationRequest Request { get; } = request;

    public Sampler Sampler { get; } = sampler;

    public OutputAssembler Output { get; } = output;

    /// <summary>Follows the text through what it has to be; null where it may be anything.</summary>
    public Matcher? Matcher { get; } = request.Grammar?.CreateMatcher();

    public ChannelReader<GenerationChunk> Chunks => _chunks.Reader;

    /// <summary>The prompt's tokens are to be given back with their log-probabilities, so each of them has to be run.</summary>
    public bool NeedsPromptLogits => Request is { Echo: true, LogProbs: not null };

    /// <summary>Tokens of the prompt that a slot held already.</summary>
    public int CachedTokens { get; set; }

    /// <summary>Tokens chosen so far.</summary>
    public int Generated { get; set; }

    /// <summary>The token chosen last: the next one that the model sees.</summary>
    public int LastToken { get; set; }

    /// <summary>Texts of the prompt's tokens that are still to be given back.</summary>
    public IEnumerator<string>? EchoText { get; set; }

    public bool IsCancelled => _abandoned || cancellation.IsCancellationRequested;

    /// <summary>The reader went away.</summary>
    public void Abandon() => _abandoned = true;

    public void Give(GenerationChunk chunk) => _chunks.Writer.TryWrite(chunk);

    public void Complete(FinishReason reason)
    {
        Output.Finish(Give);
        Give(new GenerationChunk { FinishReason = reason, GeneratedTokens = Generated, CachedTokens = CachedTokens });
        _chunks.Writer.TryComplete();
    }

    public void Fail(Exception error) => _chunks.Writer.TryComplete(error);
}
