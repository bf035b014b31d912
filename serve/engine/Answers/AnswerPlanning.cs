using MhcPipeline.Constraints;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Engine.Answers;

/// <summary>Turns requests for answers into texts to continue.</summary>
internal static class AnswerPlanning
{
    /// <exception cref="InvalidRequestException">A tool or the choice of tools is not one that can be called, or a schema none that can be enforced.</exception>
    public static async Task<AnswerPlan> PlanAsync(AnswerRequest request, TextTokenizer tokenizer, GrammarCache grammars, CancellationToken ct)
    {
        RequireTools(request);
        (CompiledGrammar? grammar, AnswerChecks checks) = await new AnswerGrammars(grammars, ct).CompileAsync(request).ConfigureAwait(false);
        return new AnswerPlan(
            new GenerationRequest
            {
                Prompt = tokenizer.EncodeChat(Turns(request), addGenerationPrompt: true),
                MaxTokens = request.MaxTokens,
                Sampling = request.Sampling,
                Stop = request.Stop,
                LogProbs = request.LogProbs,
                Grammar = grammar,
            },
            ReadsCalls: request.Tools.Count > 0 && request.ToolChoice.Mode != ToolMode.None)
        {
            Checks = checks,
        };
    }

    /// <summary>The tools are part of the first system turn, or a system turn of their own, as in training data.</summary>
    private static IReadOnlyList<ChatTurn> Turns(AnswerRequest request)
    {
        if (request.Tools.Count == 0)
        {
            return request.Turns;
        }
        bool hasSystem = request.Turns is [{ Role: "system" }, ..];
        string offer = ToolText.Offer(hasSystem ? request.Turns[0].Content : "", request.Tools.Select(tool => tool.ToJson()));
        return [new ChatTurn("system", offer), .. request.Turns.Skip(hasSystem ? 1 : 0)];
    }

    private static void RequireTools(AnswerRequest request)
    {
        HashSet<string> names = [];
        for (int i = 0; i < request.Tools.Count; i++)
        {
            string name = request.Tools[i].Name;
            if (!ToolDefinition.IsName(name))
            {
                throw new InvalidRequestException($"'tools[{i}].function.name' must be 1 to 64 letters, digits, underscores and dashes, but is '{name}'.", $"tools[{i}].function.name");
            }
            if (!names.Add(name))
            {
                throw new InvalidRequestException($"'tools' has two functions named '{name}'.", $"tools[{i}].function.name");
            }
        }
        if (request.ToolChoice.Mode == ToolMode.Required && names.Count == 0)
        {
            throw new InvalidRequestException("'tool_choice' asks for a call, but there are no 'tools'.", "tool_choice");
        }
        if (request.ToolChoice.Name is { } chosen && !names.Contains(chosen))
        {
            throw new InvalidRequestException($"'tool_choice' names the function '{chosen}', which is not among 'tools'.", "tool_choice");
        }
    }
}
