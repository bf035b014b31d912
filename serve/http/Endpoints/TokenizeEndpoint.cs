using MhcPipeline.Engine.Answers;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Model;
using MhcPipeline.Serve.Wire;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>POST /v1/tokenize and /v1/detokenize: what a prompt is to the model, and what it costs of the context.</summary>
internal static class TokenizeEndpoint
{
    public static async Task<TokenizeAnswer> TokenizeAsync(HttpContext context, ServedModel model)
    {
        TokenizeRequest request = await RequestBody.ReadAsync(context, ApiJson.Wire.TokenizeRequest);
        SamplingFieldsReading.RequireModel(request.Model, model.Name);
        OtherFields.Require(request.Others);
        if (request.Prompt is null == request.Messages is null)
        {
            throw ApiException.Invalid("The body must have either 'prompt' or 'messages'.", "prompt", "missing_required_parameter");
        }
        TextTokenizer tokenizer = model.Engine.Tokenizer;
        IReadOnlyList<int> tokens = request.Prompt is { } prompt
            ? tokenizer.EncodePrompt(prompt)
            : (await ChatEndpoint.PlanAsync(model, new AnswerRequest { Turns = ConversationReading.Read(request.Messages), Tools = ToolReading.Read(request.Tools) }, "messages", context.RequestAborted)).Generation.Prompt;
        var texts = new TokenTexts(tokenizer);
        return new TokenizeAnswer(tokens.Count, model.Engine.MaxContext, tokens, request.ReturnTokenStrs == true ? [.. tokens.Select(texts.Distinct)] : null);
    }

    public static async Task<DetokenizeAnswer> DetokenizeAsync(HttpContext context, ServedModel model)
    {
        DetokenizeRequest request = await RequestBody.ReadAsync(context, ApiJson.Wire.DetokenizeRequest);
        SamplingFieldsReading.RequireModel(request.Model, model.Name);
        OtherFields.Require(request.Others);
        TextTokenizer tokenizer = model.Engine.Tokenizer;
        IReadOnlyList<int> tokens = request.Tokens ?? throw ApiException.Invalid("'tokens' must be an array of token ids.", "tokens", "missing_required_parameter");
        foreach (int token in tokens)
        {
            if (token < 0 || token >= tokenizer.VocabSize)
            {
                throw ApiException.Invalid($"'tokens' has {token}, but this model's tokens are 0 to {tokenizer.VocabSize - 1}.", "tokens");
            }
        }
        return new DetokenizeAnswer(tokenizer.Decode(tokens, skipSpecial: false));
    }
}
