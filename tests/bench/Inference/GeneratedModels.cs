using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export;
using MhcPipeline.Export.Output;
using MhcPipeline.Tokenization;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Training;
using MhcPipeline.Train.Model;
using static TorchSharp.torch;

namespace MhcPipeline.Bench.Inference;

/// <summary>Run folders with drawn weights, exported; deleted with this object.</summary>
internal sealed class GeneratedModels : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mhc-bench-").FullName;

    /// <summary>A run folder with an exported model.</summary>
    /// <param name="size">The model.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="options">How it is exported.</param>
    public RunFolder Export(ModelSize size, string connection, ExportOptions options)
    {
        ModelConfig config = size.Config(connection);
        var run = new RunFolder(Path.Combine(_folder, $"{size.Name}-{connection}-{options.Mode}-{options.Precision}"));
        run.Create();
        config.Save(run.ConfigJson);
        TokenizerJsonWriter.Write(run.TokenizerJson, Tokenizer(config.VocabSize));
        using SafetensorsFile weights = SafetensorsFile.Open(Weights(size, connection));
        OnnxExporter.Export(config, weights, run.OnnxFolder, options);
        File.Copy(run.TokenizerJson, Path.Combine(run.OnnxFolder, Path.GetFileName(run.TokenizerJson)), overwrite: true);
        File.WriteAllText(
            Path.Combine(run.OnnxFolder, Path.GetFileName(run.TokenizerConfigJson)),
            $$"""{"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "{{SpecialTokens.EndOfText}}", "eos_token": "{{SpecialTokens.ImEnd}}", "add_bos_token": false}""");
        GenAiConfigFile.Write(run.GenAiConfig, config, TextTokenizer.Load(run.TokenizerJson));
        return run;
    }

    /// <summary>A model's checkpoint, written at the first call.</summary>
    public string Weights(ModelSize size, string connection)
    {
        string path = Path.Combine(_folder, $"{size.Name}-{connection}.safetensors");
        if (!File.Exists(path))
        {
            using var model = new LanguageModel(size.Config(connection), CPU);
            model.Initialise(1);
            model.SaveWeights(path);
        }
        return path;
    }

    /// <summary>Bytes, and as many tokens that no text has as the vocabulary still lacks: all of it is sampled from.</summary>
    private static TokenizerDefinition Tokenizer(int vocabulary)
    {
        TokenizerDefinition bytes = BpeTrainer.ByteTokens();
        var tokens = new Dictionary<string, int>(bytes.Vocabulary);
        for (int id = tokens.Count + bytes.AddedTokens.Count; id < vocabulary; id++)
            tokens[$"token{id}"] = id;
        return bytes with { Vocabulary = tokens };
    }

    /// <summary>A path for another program's form of a model.</summary>
    public string In(string file) => Path.Combine(_folder, file);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
