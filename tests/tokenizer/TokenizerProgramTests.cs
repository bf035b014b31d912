using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Tokenization.Command;

namespace MhcPipeline.Tokenization.Tests;

public sealed class TokenizerProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mhc-tokenizer").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string RunPath => Path.Combine(_folder, "run");

    private string Data => Path.Combine(_folder, "text.txt");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Trains_on_a_file_and_names_what_it_wrote_and_the_next_command()
    {
        WriteData(seed: 1);
        Assert.Equal(0, Run("--data", Data, "--vocab-size", "400"));
        Assert.Equal(400, TextTokenizer.Load(RunPath).VocabSize);
        Assert.Contains("tokenizer_config.json", _output.ToString());
        Assert.Contains($"next: make train RUN={RunPath}", _output.ToString());
        Assert.Equal(["tokenizer.json", "tokenizer_config.json"], Directory.GetFiles(RunPath).Select(Path.GetFileName).Where(name => name![0] != '.').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Trains_on_the_corpus_of_the_preset()
    {
        Assert.Equal(0, Run("--preset", "smoke"));
        TextTokenizer tokenizer = TextTokenizer.Load(RunPath);
        Assert.Equal(512, tokenizer.VocabSize);
        Assert.Single(tokenizer.Encode(" invoice"));
    }

    [Fact]
    public void A_char_preset_has_one_token_a_byte()
    {
        Assert.Equal(0, Run("--preset", "shakespeare-char", "--data", "anything.txt"));
        Assert.Equal(259, TextTokenizer.Load(RunPath).VocabSize);
        Assert.Equal("abc"u8.ToArray().Select(b => (int)b), TextTokenizer.Load(RunPath).Encode("abc"));
    }

    [Fact]
    public void The_configuration_has_what_hugging_face_reads()
    {
        Run("--preset", "shakespeare-char");
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(RunPath, "tokenizer_config.json")));
        Assert.Equal("PreTrainedTokenizerFast", config.RootElement.GetProperty("tokenizer_class").GetString());
        Assert.Equal("<|im_end|>", config.RootElement.GetProperty("eos_token").GetString());
        Assert.Equal(ChatTemplate.Jinja, config.RootElement.GetProperty("chat_template").GetString());
        Assert.Equal(256, config.RootElement.GetProperty("model_max_length").GetInt32());
        Assert.Equal("<|endoftext|>", config.RootElement.GetProperty("added_tokens_decoder").GetProperty("256").GetProperty("content").GetString());
    }

    [Fact]
    public void An_up_to_date_tokenizer_is_left_alone_with_one_line()
    {
        WriteData(seed: 1);
        Run("--data", Data, "--vocab-size", "300");
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(RunPath, "tokenizer.json"));
        foreach (string[] again in new[] { ["--data", Data, "--vocab-size", "300"], Array.Empty<string>() })
        {
            _output.GetStringBuilder().Clear();
            Assert.Equal(0, Run(again));
            Assert.Equal($"tokenizer up to date: {Path.Combine(RunPath, "tokenizer.json")}{Environment.NewLine}", _output.ToString());
        }
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(RunPath, "tokenizer.json")));
    }

    [Fact]
    public void Changed_data_or_another_size_trains_again()
    {
        WriteData(seed: 1);
        Run("--data", Data, "--vocab-size", "300");
        string first = File.ReadAllText(Path.Combine(RunPath, "tokenizer.json"));
        WriteData(seed: 2);
        Run("--data", Data, "--vocab-size", "300");
        Assert.NotEqual(first, File.ReadAllText(Path.Combine(RunPath, "tokenizer.json")));
        Run("--data", Data, "--vocab-size", "310");
        Assert.Equal(310, TextTokenizer.Load(RunPath).VocabSize);
    }

    [Fact]
    public void A_damaged_tokenizer_is_trained_again()
    {
        WriteData(seed: 1);
        Run("--data", Data, "--vocab-size", "300");
        File.WriteAllText(Path.Combine(RunPath, "tokenizer.json"), "{");
        Assert.Equal(0, Run("--data", Data, "--vocab-size", "300"));
        Assert.Equal(300, TextTokenizer.Load(RunPath).VocabSize);
    }

    [Fact]
    public void A_tokenizer_is_kept_when_its_data_is_gone()
    {
        WriteData(seed: 1);
        Run("--data", Data, "--vocab-size", "300");
        File.Delete(Data);
        Assert.Equal(0, Run());
        Assert.Equal(300, TextTokenizer.Load(RunPath).VocabSize);
    }

    [Fact]
    public void A_tokenizer_from_elsewhere_is_kept_unless_forced()
    {
        WriteData(seed: 1);
        Run("--data", Data, "--vocab-size", "300");
        File.Delete(Path.Combine(RunPath, "tokenizer_config.json"));
        Assert.Equal(0, Run("--data", Data, "--vocab-size", "320"));
        Assert.Equal(300, TextTokenizer.Load(RunPath).VocabSize);
        Assert.Equal(0, Run("--data", Data, "--vocab-size", "320", "--force"));
        Assert.Equal(320, TextTokenizer.Load(RunPath).VocabSize);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("checkpoints/last")]
    public void A_model_trained_with_another_tokenizer_is_not_made_useless(string file)
    {
        WriteData(seed: 1);
        Run("--data", Data, "--vocab-size", "300");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(RunPath, file))!);
        File.WriteAllText(Path.Combine(RunPath, file), "weights");
        Assert.Equal(0, Run("--data", Data, "--vocab-size", "300"));
        Assert.Equal(1, Run("--data", Data, "--vocab-size", "310"));
        Assert.Contains("choose another RUN", _errors.ToString());
        Assert.Equal(300, TextTokenizer.Load(RunPath).VocabSize);
        Assert.Equal(0, Run("--data", Data, "--vocab-size", "310", "--force"));
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("--vocab-size", "12")]
    [InlineData("--vocab-size", "many")]
    [InlineData("--threads", "0")]
    [InlineData("--seed", "-1")]
    [InlineData("--seed", "18446744073709551615")]
    [InlineData("--threads", "99999")]
    [InlineData("--vocab-size", "1,000")]
    [InlineData("--vocab-size", "1e3")]
    [InlineData("--run")]
    [InlineData("--run", "")]
    [InlineData("--preset", "")]
    [InlineData("--data", "  ")]
    public void Wrong_usage_exits_with_2(params string[] args)
    {
        Assert.Equal(2, Start(args));
        Assert.Contains("--help", _errors.ToString());
    }

    [Theory]
    [InlineData("no preset 'nope'", "--preset", "nope")]
    [InlineData("no file or folder", "--data", "/nowhere/at/all")]
    [InlineData("DATA=path", "--preset", "no-corpus.json")]
    [InlineData("leave out --vocab-size", "--preset", "shakespeare-char", "--vocab-size", "300")]
    public void What_cannot_be_done_exits_with_1_and_one_line(string message, params string[] args)
    {
        string preset = Path.Combine(_folder, "no-corpus.json");
        File.WriteAllText(preset, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "presets", "shakespeare-char.json"))
            .Replace("\"kind\": \"char\"", "\"kind\": \"bpe\", \"vocab_size\": 300", StringComparison.Ordinal));
        Assert.Equal(1, Run([.. args.Select(arg => arg == "no-corpus.json" ? preset : arg)]));
        Assert.Contains(message, _errors.ToString());
        Assert.Single(_errors.ToString().TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(RunPath));
    }

    [Fact]
    public void A_run_that_another_program_writes_is_left_alone()
    {
        WriteData(seed: 1);
        using (RunLock.Take(new RunFolder(RunPath).Create()))
            Assert.Equal(1, Run("--data", Data, "--vocab-size", "300", "--force"));
        Assert.Contains("is in use by process", _errors.ToString());
        Assert.False(File.Exists(Path.Combine(RunPath, "tokenizer.json")));
    }

    [Fact]
    public void Weights_know_the_tokenizer_that_they_were_trained_with_however_its_file_is_written()
    {
        WriteData(seed: 1);
        Run("--data", Data, "--vocab-size", "300");
        string file = Path.Combine(RunPath, "tokenizer.json");
        var weights = new Dictionary<string, string> { [WeightsRecord.Tokenizer] = TextTokenizer.Load(RunPath).Fingerprint };
        File.WriteAllText(file, System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file))!.ToJsonString());
        TextTokenizer.Load(RunPath).RequireTrainedWith("model.safetensors", weights);
        TextTokenizer.Load(RunPath).RequireTrainedWith("model.safetensors", new Dictionary<string, string>());
        WriteData(seed: 2);
        Run("--data", Data, "--vocab-size", "300", "--force");
        Assert.Contains("another tokenizer", Assert.Throws<PipelineException>(() => TextTokenizer.Load(RunPath).RequireTrainedWith("model.safetensors", weights)).Message);
    }

    [Fact]
    public void Help_shows_the_options()
    {
        Assert.Equal(0, Run("--help"));
        Assert.Contains("--vocab-size", _output.ToString());
    }

    [Fact]
    public void A_stopped_training_writes_nothing()
    {
        WriteData(seed: 1);
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        var stage = new TokenizerStage(new TokenizerRequest { Run = RunPath, Data = Data }, new ProgressDisplay(_output, null));
        Assert.ThrowsAny<OperationCanceledException>(() => stage.Execute(stopped.Token));
        Assert.False(Directory.Exists(RunPath));
    }

    private int Run(params string[] args) => Start(["--run", RunPath, "--threads", "2", .. args]);

    private int Start(string[] args) => TokenizerCommand.RunAsync(args, new ProgressDisplay(_output, null), _output, _errors).GetAwaiter().GetResult();

    private void WriteData(int seed) => File.WriteAllLines(Data, RandomText.Lines(400 + seed, seed));
}
