using System.Runtime.CompilerServices;
using MhcPipeline.Connector.Chat;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Connector.Tests.Fakes;

/// <summary>Answers with given pieces, one token each; a prompt has as many tokens as characters. Keeps what it was asked.</summary>
internal sealed class FakeGenerator(params string[] pieces) : ITokenGenerator
{
    public string ModelName => "fake";

    public FinishReason Ending { get; init; } = FinishReason.Stop;

    /// <summary>Thrown instead of answering.</summary>
    public Exception? Refusal { get; init; }

    /// <summary>Thrown after the pieces, instead of an ending.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Called before each piece.</summary>
    public Action<int> BeforePiece { get; init; } = _ => { };

    public IReadOnlyList<ChatTurn> Turns { get; private set; } = [];

    public string? Text { get; private set; }

    public GenerationRequest? Request { get; private set; }

    public int Disposed { get; private set; }

    public int Left { get; private set; }

    public IReadOnlyList<int> EncodeChat(IReadOnlyList<ChatTurn> turns)
    {
        Turns = turns;
        return new int[turns.Sum(turn => turn.Content.Length)];
    }

    public IReadOnlyList<int> EncodeText(string text)
    {
        Text = text;
        return new int[text.Length];
    }

    public IAsyncEnumerable<GenerationChunk> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        Request = request;
        if (Refusal is not null) throw Refusal;
        return Generate(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Disposed++;
        return ValueTask.CompletedTask;
    }

    // As the engine does: cancellation is an ending, not an exception.
    private async IAsyncEnumerable<GenerationChunk> Generate(CancellationToken outer, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            for (int i = 0; i < pieces.Length; i++)
            {
                await Task.Yield();
                BeforePiece(i);
                if (outer.IsCancellationRequested || cancellationToken.IsCancellationRequested)
                {
                    yield return new GenerationChunk { FinishReason = FinishReason.Cancelled, GeneratedTokens = i };
                    yield break;
                }

                yield return new GenerationChunk { TokenId = i, Text = pieces[i], GeneratedTokens = i + 1 };
            }

            if (Failure is not null) throw Failure;
            yield return new GenerationChunk { FinishReason = Ending, GeneratedTokens = pieces.Length };
        }
        finally
        {
            Left++;
        }
    }
}
