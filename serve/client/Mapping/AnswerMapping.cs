using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using MhcPipeline.Client.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Mapping;

/// <summary>A model's pieces as updates. A function call is given out whole, when the next one begins or the answer ends.</summary>
internal static class AnswerMapping
{
    /// <summary>The updates of one answer.</summary>
    /// <param name="pieces">The answer's pieces.</param>
    /// <param name="modelName">The model, where the pieces do not name it.</param>
    /// <param name="cancellationToken">Ends the answer.</param>
    public static async IAsyncEnumerable<ChatResponseUpdate> ToUpdates(
        IAsyncEnumerable<ModelPiece> pieces, string modelName, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        PartialCall? open = null;
        ModelPiece last = new();
        await foreach (ModelPiece piece in pieces.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            last = piece;
            List<AIContent> contents = piece.Text.Length > 0 ? [new TextContent(piece.Text)] : [];
            foreach (ModelCallPiece call in piece.Calls)
            {
                if (open?.Index != call.Index)
                {
                    if (open is not null) contents.Add(open.ToContent());
                    open = new PartialCall(call);
                }
                open.Append(call);
            }
            if (piece.FinishReason is { } reason && open is not null)
            {
                // A call that the token limit cut is nobody's to make: the finish reason says what happened to it.
                if (reason != ChatFinishReason.Length || open.IsWhole) contents.Add(open.ToContent());
                open = null;
            }
            if (piece.Usage is { } usage) contents.Add(new UsageContent(usage));
            if (contents.Count > 0 || piece.FinishReason is not null || piece.LogProbabilities.Count > 0) yield return Update(piece, contents, modelName);
        }
        if (open is not null) yield return Update(last, [open.ToContent()], modelName); // a server that never says why it ended
    }

    /// <summary>The whole answer out of its updates.</summary>
    public static async Task<ChatResponse> ToResponseAsync(IAsyncEnumerable<ChatResponseUpdate> updates, CancellationToken cancellationToken)
    {
        List<ChatResponseUpdate> all = [];
        await foreach (ChatResponseUpdate update in updates.WithCancellation(cancellationToken).ConfigureAwait(false)) all.Add(update);
        ChatResponse response = all.ToChatResponse();
        // Of the updates' properties ToChatResponse keeps the last one's only.
        TokenLogProbability[] tokens = [.. all.SelectMany(update => Property<IReadOnlyList<TokenLogProbability>>(update, AdditionalOptions.LogProbs) ?? [])];
        if (tokens.Length > 0) (response.AdditionalProperties ??= [])[AdditionalOptions.LogProbs] = tokens;
        if (all.Select(update => Property<SchemaCheck>(update, AdditionalOptions.SchemaCheck)).FirstOrDefault(check => check is not null) is { } check)
            (response.AdditionalProperties ??= [])[AdditionalOptions.SchemaCheck] = check;
        if (all is [var only]) response.RawRepresentation = only.RawRepresentation;
        return response;
    }

    private static T? Property<T>(ChatResponseUpdate update, string name) where T : class => update.AdditionalProperties?.GetValueOrDefault(name) as T;

    private static ChatResponseUpdate Update(ModelPiece piece, List<AIContent> contents, string modelName) => new(ChatRole.Assistant, contents)
    {
        FinishReason = piece.FinishReason,
        ResponseId = piece.Id,
        MessageId = piece.Id,
        ModelId = piece.Model ?? modelName,
        CreatedAt = piece.Created,
        RawRepresentation = piece.Raw,
        AdditionalProperties = Properties(piece),
    };

    private static AdditionalPropertiesDictionary? Properties(ModelPiece piece)
    {
        if (piece.LogProbabilities.Count == 0 && piece.SchemaCheck is null) return null;
        AdditionalPropertiesDictionary properties = [];
        if (piece.LogProbabilities.Count > 0) properties[AdditionalOptions.LogProbs] = piece.LogProbabilities;
        if (piece.SchemaCheck is { } check) properties[AdditionalOptions.SchemaCheck] = check;
        return properties;
    }

    private sealed class PartialCall(ModelCallPiece first)
    {
        private readonly StringBuilder _arguments = new();

        public int Index => first.Index;

        public bool IsWhole => ToContent().Exception is null;

        public void Append(ModelCallPiece piece) => _arguments.Append(piece.Arguments);

        public FunctionCallContent ToContent() => FunctionCallContent.CreateFromParsedArguments(
            _arguments.ToString(),
            string.IsNullOrEmpty(first.Id) ? $"call_{Guid.NewGuid():N}" : first.Id,
            first.Name ?? "",
            static json => json.Length == 0 ? new Dictionary<string, object?>() : (IDictionary<string, object?>)JsonSerializer.Deserialize(json, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)))!);
    }
}
