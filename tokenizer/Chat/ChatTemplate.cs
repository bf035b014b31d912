using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Tokenization;

/// <summary>ChatML: <c>&lt;|im_start|&gt;role\ncontent&lt;|im_end|&gt;\n</c> for each turn; the model goes on after <c>&lt;|im_start|&gt;assistant\n</c>.</summary>
/// <remarks>
/// Header and content are encoded apart, so that the tokens of an answer are the same whether it was generated or given, and roles and
/// contents are encoded as plain text, so that they cannot contain a turn.
/// </remarks>
public static class ChatTemplate
{
    /// <summary>The role whose turns the model writes.</summary>
    public const string Assistant = "assistant";

    /// <summary>
    /// The same template in Jinja, as tokenizer_config.json carries it. Content may be text parts; tools and their calls are written as
    /// <see cref="ToolText"/> does, from the variable <c>tools</c> and the messages' <c>tool_calls</c>.
    /// </summary>
    public const string Jinja =
        "{% macro offer() %}<tools>{% for tool in tools %}{{ '\n' }}{{ tool | tojson }}{% endfor %}{{ '\n' }}</tools>{% endmacro %}" +
        "{% if tools and messages[0]['role'] not in ['system', 'developer'] %}<|im_start|>system\n{{ offer() }}<|im_end|>\n{% endif %}" +
        "{% for message in messages %}" +
        "{% set said = namespace(text='') %}" +
        "{% if message['content'] is string %}{% set said.text = message['content'] %}" +
        "{% elif message['content'] %}{% for part in message['content'] %}" +
        "{% if part['type'] != 'text' %}{{ raise_exception('Only content parts of type text are supported.') }}{% endif %}" +
        "{% set said.text = said.text + part['text'] %}{% endfor %}{% endif %}" +
        "{% set role = 'system' if message['role'] == 'developer' else message['role'] %}" +
        "<|im_start|>{{ role }}\n{{ said.text }}" +
        "{% if loop.first and tools and role == 'system' %}{{ '\n\n' if said.text else '' }}{{ offer() }}{% endif %}" +
        "{% for call in message['tool_calls'] or [] %}" +
        "{% set called = call['function'] or call %}" +
        "{{ '\n' if said.text or not loop.first else '' }}<tool_call>\n" +
        "{\"name\": {{ called['name'] | tojson }}, \"arguments\": {{ called['arguments'] if called['arguments'] is string else called['arguments'] | tojson }}{{ '}' }}\n</tool_call>" +
        "{% endfor %}" +
        "<|im_end|>\n{% endfor %}" +
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    /// <summary>The conversation as text, for people to read.</summary>
    /// <param name="turns">The turns, oldest first.</param>
    /// <param name="addGenerationPrompt">True to end with the start of an assistant's turn.</param>
    public static string Render(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt)
    {
        ArgumentNullException.ThrowIfNull(turns);
        var text = new StringBuilder();
        foreach (ChatTurn turn in turns)
            text.Append(SpecialTokens.ImStart).Append(turn.Role).Append('\n').Append(turn.Content).Append(SpecialTokens.ImEnd).Append('\n');
        return addGenerationPrompt ? text.Append(SpecialTokens.ImStart).Append(Assistant).Append('\n').ToString() : text.ToString();
    }

    /// <summary>The conversation as ids.</summary>
    /// <param name="tokenizer">A tokenizer with chat tokens.</param>
    /// <param name="turns">The turns, oldest first.</param>
    /// <param name="addGenerationPrompt">True to end with the start of an assistant's turn, for the model to go on.</param>
    /// <exception cref="PipelineException">The tokenizer has no chat tokens, or a turn no usable role.</exception>
    public static int[] Encode(TextTokenizer tokenizer, IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt)
    {
        (List<int> ids, _) = Build(tokenizer, turns);
        if (addGenerationPrompt)
        {
            ids.Add(tokenizer.ImStartId);
            ids.AddRange(tokenizer.Encode(Assistant + "\n"));
        }
        return [.. ids];
    }

    /// <summary>The conversation as ids, with the loss on the contents of the assistant's turns that are to be learnt and the <c>&lt;|im_end|&gt;</c> that ends each of them.</summary>
    /// <param name="tokenizer">A tokenizer with chat tokens.</param>
    /// <param name="turns">The turns, oldest first.</param>
    /// <exception cref="PipelineException">The tokenizer has no chat tokens, or a turn no usable role.</exception>
    public static ChatTokens EncodeForTraining(TextTokenizer tokenizer, IReadOnlyList<ChatTurn> turns)
    {
        (List<int> ids, List<bool> lossMask) = Build(tokenizer, turns);
        return new ChatTokens([.. ids], [.. lossMask]);
    }

    private static (List<int> Ids, List<bool> LossMask) Build(TextTokenizer tokenizer, IReadOnlyList<ChatTurn> turns)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(turns);
        var ids = new List<int>();
        var lossMask = new List<bool>();
        int[] lineBreak = tokenizer.Encode("\n");
        foreach (ChatTurn turn in turns)
        {
            if (string.IsNullOrEmpty(turn.Role) || turn.Role.AsSpan().ContainsAny('\r', '\n'))
                throw new PipelineException($"A chat turn has the role \"{turn.Role}\"; a role is one word such as system, user or assistant.");
            bool learned = turn.Role == Assistant && turn.IsLearnt;
            Add([tokenizer.ImStartId, .. tokenizer.Encode(turn.Role + "\n")], false);
            Add(tokenizer.Encode(turn.Content), learned);
            Add([tokenizer.ImEndId], learned);
            Add(lineBreak, false);
        }
        return (ids, lossMask);

        void Add(int[] tokens, bool learned)
        {
            ids.AddRange(tokens);
            lossMask.AddRange(Enumerable.Repeat(learned, tokens.Length));
        }
    }
}
