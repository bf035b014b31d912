using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using Xunit;

namespace MhcPipeline.Data.Tests.Records;

public class RecordShapeTests
{
    [Fact]
    public void ShareGPT_speakers_are_roles()
    {
        TextItem item = Read("""{"id":"7","conversations":[{"from":"system","value":"Be kind."},{"from":"human","value":"Hi"},{"from":"gpt","value":"Ho"},{"from":"observation","value":"42"}]}""");
        Assert.Equal([new ChatTurn("system", "Be kind."), new("user", "Hi"), new("assistant", "Ho"), new("tool", "42")], item.Messages);
    }

    [Theory]
    [InlineData("""{"conversations":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Ho"}]}""")]
    [InlineData("""{"messages":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Ho"}]}""")]
    public void Turns_are_told_by_their_fields_not_by_their_list(string line) =>
        Assert.Equal([new ChatTurn("user", "Hi"), new("assistant", "Ho")], Read(line).Messages);

    [Theory]
    [InlineData("""{"instruction":"Add","input":"1 1","output":"2"}""", "Add\n\n1 1")]
    [InlineData("""{"instruction":"Add","input":"","output":"2"}""", "Add")]
    [InlineData("""{"instruction":"Add","output":"2","text":"Below is an instruction"}""", "Add")]
    [InlineData("""{"instruction":"","input":"1 1","output":"2"}""", "1 1")]
    public void Alpacas_instruction_and_input_are_the_question(string line, string question) =>
        Assert.Equal([new ChatTurn("user", question), new("assistant", "2")], Read(line).Messages);

    [Fact]
    public void Alpacas_history_and_system_come_first()
    {
        TextItem item = Read("""{"system":"S","instruction":"c","output":"d","history":[["a","b"]]}""");
        Assert.Equal([new ChatTurn("system", "S"), new("user", "a"), new("assistant", "b"), new("user", "c"), new("assistant", "d")], item.Messages);
    }

    [Fact]
    public void A_prompt_and_its_completion_are_a_question_and_its_answer() =>
        Assert.Equal([new ChatTurn("user", "Q") { IsLearnt = false }, new("assistant", "A")], Read("""{"prompt":"Q","completion":"A"}""").Messages);

    [Fact]
    public void Of_a_prompt_that_is_a_list_nothing_is_learnt()
    {
        TextItem item = Read("""{"prompt":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}],"completion":[{"role":"assistant","content":"d"}]}""");
        Assert.Equal([false, false, false, true], item.Messages!.Select(turn => turn.IsLearnt));
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("0.0", false)]
    [InlineData("1", true)]
    [InlineData("null", true)]
    public void A_turn_of_weight_0_is_not_learnt(string weight, bool learnt)
    {
        TextItem item = Read($$"""{"messages":[{"role":"user","content":"Q","weight":0},{"role":"assistant","content":"A","weight":{{weight}}}]}""");
        Assert.Equal(learnt, item.Messages![1].IsLearnt);
    }

    [Fact]
    public void A_record_of_weight_0_is_left_out_and_counted()
    {
        using ScratchFolder folder = new();
        TextSource source = new(folder.Write("data.jsonl", "{\"text\":\"a\",\"weight\":0}\n{\"text\":\"b\",\"weight\":1}\n"));
        Assert.Equal(["b"], source.Read().Select(item => item.Text));
        Assert.Equal(["Records of weight 0, which are left out: 1."], source.Notes);
    }

    [Fact]
    public void Calls_of_tools_are_the_end_of_the_assistants_turn()
    {
        TextItem item = Read("""
            {"messages":[{"role":"user","content":"Rain?"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}},{"id":"c2","type":"function","function":{"name":"now","arguments":{"zone":[1,"ü\n"]}}}]},{"role":"tool","tool_call_id":"c1","content":"wet"},{"role":"assistant","content":"Yes."}]}
            """.Trim());
        Assert.Equal(["user", "assistant", "tool", "assistant"], item.Messages!.Select(turn => turn.Role));
        Assert.Equal(
            "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\":\"Oslo\"}}\n</tool_call>\n<tool_call>\n{\"name\": \"now\", \"arguments\": {\"zone\": [1, \"ü\\n\"]}}\n</tool_call>",
            item.Messages![1].Content);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"I look.","function_call":{"name":"now","arguments":"{}"}}]}""", "I look.\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>")]
    [InlineData("""{"conversations":[{"from":"human","value":"x"},{"from":"function_call","value":"{\"name\":\"now\",\"arguments\":{}}"}]}""", "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>")]
    public void Calls_as_they_were_written_before_are_read_too(string line, string content) => Assert.Equal(new ChatTurn("assistant", content), Read(line).Messages![^1]);

    [Theory]
    [InlineData("""{"tools":[{"name":"now"}],"messages":[{"role":"user","content":"x"}]}""", "<tools>\n{\"name\": \"now\"}\n</tools>")]
    [InlineData("""{"functions":[{"name":"now"}],"messages":[{"role":"developer","content":"Help."},{"role":"user","content":"x"}]}""", "Help.\n\n<tools>\n{\"name\": \"now\"}\n</tools>")]
    [InlineData("""{"tools":"[{\"name\":\"now\"}]","system":"Help.","conversations":[{"from":"human","value":"x"}]}""", "Help.\n\n<tools>\n{\"name\": \"now\"}\n</tools>")]
    public void Tools_are_the_end_of_the_system_turn(string line, string system)
    {
        TextItem item = Read(line);
        Assert.Equal([new ChatTurn("system", system), new("user", "x")], item.Messages);
    }

    [Fact]
    public void Fields_that_are_not_read_are_named_once_with_their_place()
    {
        using ScratchFolder folder = new();
        string line = """{"id":5,"messages":[{"role":"user","content":"x","name":"Ann"},{"role":"assistant","content":"y","name":"","refusal":null}],"meta":{}}""";
        TextSource source = new(folder.Write("data.jsonl", $"{{\"text\":\"a\"}}\n{line}\n{line}\n"));
        Assert.Equal(3, source.Read().Count());
        string file = folder.File("data.jsonl");
        Assert.Equal([$"Fields that are not read: `messages[].name` (first {file}:2), `id` (first {file}:2)."], source.Notes);
    }

    [Fact]
    public void A_file_may_mix_shapes()
    {
        using ScratchFolder folder = new();
        TextSource source = new(folder.Write("data.jsonl", "{\"text\":\"a\"}\n{\"prompt\":\"b\",\"completion\":\"c\"}\n{\"conversations\":[{\"from\":\"gpt\",\"value\":\"d\"}]}\n"));
        Assert.Equal([true, false, false], source.Read().Select(item => item.Messages is null));
    }

    [Theory]
    [InlineData("""{"question":"a","answer":"b"}""", "no known shape (fields: `question`, `answer`). Known are `messages`; `conversations`; `instruction` and `output`; `prompt` and `completion`; `text`")]
    [InlineData("""{"instruction":"a","response":"b"}""", "no known shape (fields: `instruction`, `response`)")]
    [InlineData("""{"prompt":"a","chosen":"b","rejected":"c"}""", "no known shape")]
    [InlineData("""{"prompt":"a","completion":"b","label":false}""", "`label` is false")]
    [InlineData("""{"text":"a","text":"b"}""", "not JSON")]
    [InlineData("""{"conversations":[{"from":"Bob","value":"x"}]}""", "`conversations[0].from` is \"Bob\"; known are human, user, gpt")]
    [InlineData("""{"conversations":[{"from":"human"}]}""", "`conversations[0]` has no `value`")]
    [InlineData("""{"messages":[{"role":"assistant","content":"x","weight":0.5}]}""", "`messages[0].weight` is 0.5; it must be 0 or 1")]
    [InlineData("""{"messages":[{"role":"user","content":"x","weight":1}]}""", "only turns of the assistant are learnt")]
    [InlineData("""{"text":"x","weight":"0"}""", "`weight` is \"0\"; it must be 0 or 1")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"images":["a.png"]}""", "`images` holds what is not text")]
    [InlineData("""{"messages":[{"role":"system","content":"x"}],"system":"y"}""", "`system` stands beside")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":["now"]}""", "`tools` must be a list of objects")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":"now"}""", "`tools` is a string that should hold JSON")]
    [InlineData("""{"messages":[{"role":"user","content":null,"tool_calls":[{"function":{"name":"now"}}]}]}""", "only the assistant calls tools")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"now","arguments":"soon"}}]}]}""", "`messages[0].tool_calls[0].function.arguments` is a string that should hold JSON")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"type":"custom","function":{"name":"now"}}]}]}""", "only calls of functions")]
    [InlineData("""{"instruction":"a","output":"b","history":["a"]}""", "`history[0]` must be a pair")]
    [InlineData("""{"instruction":"a","output":5}""", "`output` is a number")]
    public void What_cannot_be_read_as_it_was_meant_is_refused_with_its_place(string line, string expected)
    {
        string message = Assert.Throws<PipelineException>(() => Read("{\"text\":\"fine\"}\n" + line)).Message;
        Assert.Contains("data.jsonl:2: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    private static TextItem Read(string lines)
    {
        using ScratchFolder folder = new();
        return new TextSource(folder.Write("data.jsonl", lines)).Read().Last();
    }
}
