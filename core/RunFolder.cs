namespace MhcPipeline.Core;

/// <summary>
/// The contract between the stages: each reads a run folder and adds to it. Names follow Hugging Face's conventions,
/// so that other tools can read a run too.
/// </summary>
/// <param name="path">The folder, such as <c>runs/default</c>.</param>
public sealed class RunFolder(string path)
{
    /// <summary>The folder as it was named.</summary>
    public string Path { get; } = path;

    /// <summary>The folder's own name, such as <c>default</c>: the model's name when it is served.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    /// <summary>tokenizer.json, byte-level BPE in Hugging Face's format (tokenizer stage).</summary>
    public string TokenizerJson => In("tokenizer.json");

    /// <summary>tokenizer_config.json with special tokens and chat template (tokenizer stage).</summary>
    public string TokenizerConfigJson => In("tokenizer_config.json");

    /// <summary>config.json, see <see cref="ModelConfig"/> (train stage).</summary>
    public string ConfigJson => In("config.json");

    /// <summary>generation_config.json (train stage).</summary>
    public string GenerationConfigJson => In("generation_config.json");

    /// <summary>model.safetensors, the weights (train stage).</summary>
    public string WeightsFile => In("model.safetensors");

    /// <summary>model.safetensors.index.json: in checkpoints of others, which of several files holds which tensor.</summary>
    public string WeightsIndex => In("model.safetensors.index.json");

    /// <summary>expected.safetensors: <c>input_ids</c> I64 [B,S] and <c>logits</c> F32 [B,S,V] of the training forward pass; export verifies against it.</summary>
    public string ExpectedFile => In("expected.safetensors");

    /// <summary>
    /// validation.safetensors: <c>input_ids</c> and <c>targets</c> I64 [B,S] of a bounded sample of the validation data, target -100 where none is asked
    /// for; export measures with it what a precision costs.
    /// </summary>
    public string ValidationFile => In("validation.safetensors");

    /// <summary>heldout.jsonl: chat items that training never saw; the last assistant turn is the expected answer.</summary>
    public string HeldOutFile => In("heldout.jsonl");

    /// <summary>metrics.jsonl, one JSON object a line (train stage).</summary>
    public string MetricsFile => In("metrics.jsonl");

    /// <summary>report.html, which opens without a server (train stage).</summary>
    public string ReportFile => In("report.html");

    /// <summary>Where training keeps what it needs to resume.</summary>
    public string CheckpointsFolder => In("checkpoints");

    /// <summary>checkpoints/last.safetensors, where training goes on.</summary>
    public string LastCheckpoint => In("checkpoints", "last.safetensors");

    /// <summary>Where training keeps the tokenised data.</summary>
    public string DataFolder => In("data");

    /// <summary>Where the exported model lies (export stage).</summary>
    public string OnnxFolder => In("onnx");

    /// <summary>onnx/model.onnx, the graph.</summary>
    public string OnnxModel => In("onnx", "model.onnx");

    /// <summary>onnx/model.onnx.data, the weights.</summary>
    public string OnnxData => In("onnx", "model.onnx.data");

    /// <summary>onnx/genai_config.json, for onnxruntime-genai.</summary>
    public string GenAiConfig => In("onnx", "genai_config.json");

    /// <summary>onnx/export.json: what was done and the errors measured.</summary>
    public string ExportReport => In("onnx", "export.json");

    /// <summary>eval.json: exact match on the held-out items through the exported model (export stage).</summary>
    public string EvalFile => In("eval.json");

    /// <summary>Makes the folder if it is not there.</summary>
    /// <exception cref="PipelineException">It cannot be made.</exception>
    public RunFolder Create()
    {
        try
        {
            Directory.CreateDirectory(Path);
            return this;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"The run folder {Path} cannot be made: {e.Message} Choose another with RUN=folder.", e);
        }
    }

    /// <summary>Asks that an earlier stage has written <paramref name="file"/>.</summary>
    /// <param name="file">One of this folder's files.</param>
    /// <param name="makeTarget">The make target that writes it.</param>
    /// <param name="variables">Variables of make beside RUN that the target needs for this run.</param>
    /// <exception cref="PipelineException">The file or the folder is missing.</exception>
    public void RequireFile(string file, string makeTarget, params ReadOnlySpan<(string Name, object? Value)> variables)
    {
        if (File.Exists(file))
            return;
        string missing = Directory.Exists(Path) ? $"{Path} has no {System.IO.Path.GetRelativePath(Path, file)}" : $"There is no run folder {Path}";
        throw new PipelineException($"{missing}; run `{Make(makeTarget, variables)}` first.");
    }

    /// <summary>The command that makes a target for this run.</summary>
    /// <param name="target">The make target.</param>
    /// <param name="variables">Variables beside RUN; null ones are left out.</param>
    public string Make(string target, params ReadOnlySpan<(string Name, object? Value)> variables) => CommandText.Make(target, [("RUN", Path), .. variables]);

    private string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);
}
