using MhcPipeline.Constraints;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Engine.Answers;

/// <summary>Compiles what an answer has to be; never on the scheduler's thread, and not for longer than <see cref="CompileOptions.MaxTime"/> a part.</summary>
internal sealed class AnswerGrammars(GrammarCache cache, CancellationToken ct)
{
    private const string NoArguments = """{"type":"object","properties":{},"additionalProperties":false}""";

    /// <summary>The grammar of a request's answers, and their checks; null where any text will do.</summary>
    /// <exception cref="InvalidRequestException">A schema, pattern or grammar is none, cannot be enforced, or takes too long.</exception>
    public async Task<(CompiledGrammar? Grammar, AnswerChecks Checks)> CompileAsync(AnswerRequest request)
    {
        if (request.Format is AnswerFormat.AnyText && !Calls(request))
        {
            return (null, AnswerChecks.None);
        }
        return await Task.Run(() => Compile(request), ct).ConfigureAwait(false);
    }

    private static bool Calls(AnswerRequest request) => request.Tools.Count > 0 && request.ToolChoice.Mode != ToolMode.None;

    private (CompiledGrammar? Grammar, AnswerChecks Checks) Compile(AnswerRequest request)
    {
        bool required = request.ToolChoice.Mode == ToolMode.Required;
        (Constraint? text, bool strict) = Constraint(request.Format);
        CompiledGrammar? whole = text is null || (Calls(request) && required) ? null : Compile(text, strict, "format");
        if (!Calls(request))
        {
            return (whole, AnswerChecks.Of(whole, []));
        }
        List<CallForm> forms = [];
        List<(string, CompiledGrammar)> arguments = [];
        for (int i = 0; i < request.Tools.Count; i++)
        {
            ToolDefinition tool = request.Tools[i];
            if (request.ToolChoice.Name is { } only && only != tool.Name)
            {
                continue;
            }
            string schema = tool.Parameters?.GetRawText() ?? NoArguments;
            arguments.Add((tool.Name, Compile(MhcPipeline.Constraints.Constraint.JsonSchema(schema), tool.Strict, $"tools[{i}].function.parameters")));
            forms.Add(new CallForm(ToolText.CallHead(tool.Name), schema, tool.Strict));
        }
        Constraint calls = MhcPipeline.Constraints.Constraint.Calls(new CallSet
        {
            Calls = forms,
            Begin = ToolText.CallBegin,
            Tail = ToolText.CallTail,
            Required = required,
            Parallel = request.ParallelToolCalls,
            Text = required ? null : text,
        });
        return (Compile(calls, strict, "tools"), AnswerChecks.Of(whole, arguments));
    }

    private static (Constraint? Constraint, bool Strict) Constraint(AnswerFormat format) => format switch
    {
        AnswerFormat.AnyObject => (MhcPipeline.Constraints.Constraint.JsonObject(), false),
        AnswerFormat.JsonSchema schema => (MhcPipeline.Constraints.Constraint.JsonSchema(schema.Schema.GetRawText()), schema.Strict),
        AnswerFormat.Regex regex => (MhcPipeline.Constraints.Constraint.Pattern(regex.Pattern), false),
        AnswerFormat.Choice choice => (MhcPipeline.Constraints.Constraint.Choice(choice.Values), false),
        AnswerFormat.Grammar grammar => (MhcPipeline.Constraints.Constraint.Grammar(grammar.Rules), false),
        _ => (null, false),
    };

    private CompiledGrammar Compile(Constraint constraint, bool strict, string parameter)
    {
        try
        {
            return cache.Get(constraint, new CompileOptions { Strict = strict }, ct);
        }
        catch (PipelineException e)
        {
            throw new InvalidRequestException(e.Message, parameter, "invalid_format");
        }
    }
}
