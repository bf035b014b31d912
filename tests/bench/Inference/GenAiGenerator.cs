using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntimeGenAI;

namespace MhcPipeline.Bench.Inference;

/// <summary>onnxruntime-genai in this process, on the same exported folder.</summary>
internal sealed class GenAiGenerator : ITextGenerator
{
    private readonly Model _model;
    private readonly string? _schema;

    /// <param name="name">What tables call it.</param>
    /// <param name="onnxFolder">With genai_config.json.</param>
    /// <param name="threads">Threads that it computes with.</param>
    /// <param name="schema">JSON Schema that its texts are held to; null for any text.</param>
    public GenAiGenerator(string name, string onnxFolder, int threads, string? schema = null)
    {
        _schema = schema;
        OrtEnv.Instance(); // genai takes the ONNX Runtime that is loaded
        Name = name;
        using var config = new Config(onnxFolder);
        config.Overlay(JsonSerializer.Serialize(new { model = new { decoder = new { session_options = new { intra_op_num_threads = threads } } } }));
        _model = new Model(config);
    }

    public string Name { get; }

    public Generation Generate(int[] prompt, int count)
    {
        long start = Stopwatch.GetTimestamp();
        using var parameters = new GeneratorParams(_model);
        parameters.SetSearchOption("max_length", prompt.Length + count);
        parameters.SetSearchOption("min_length", prompt.Length + count); // past end-of-text tokens
        if (_schema is not null)
            parameters.SetGuidance("json_schema", _schema);
        using var generator = new Generator(_model, parameters);
        generator.AppendTokens(prompt);
        generator.GenerateNextToken();
        double first = Stopwatch.GetElapsedTime(start).TotalSeconds;
        while (!generator.IsDone())
            generator.GenerateNextToken();
        double all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new(generator.GetSequence(0)[prompt.Length..].ToArray(), first, all);
    }

    public void Dispose() => _model.Dispose();
}
