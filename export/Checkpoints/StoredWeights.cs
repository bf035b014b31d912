using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;

namespace MhcPipeline.Export.Checkpoints;

/// <summary>The weights of a folder: one safetensors file, or the shards that an index names.</summary>
internal static class StoredWeights
{
    /// <summary>Maps them.</summary>
    /// <param name="run">The folder.</param>
    /// <param name="config">Its configuration: to a folder of another program no training is advised, which would put other files in the place of its own.</param>
    /// <exception cref="PipelineException">They are missing, of a kind that is not read, or malformed.</exception>
    public static ITensorSource Open(RunFolder run, ModelConfig config)
    {
        if (File.Exists(run.WeightsFile))
            return SafetensorsFile.Open(run.WeightsFile);
        if (File.Exists(run.WeightsIndex))
            return SafetensorsShards.Open(run.WeightsIndex);
        if (Elsewhere(run) is { } reason)
            throw new PipelineException(reason);
        if (config.FromElsewhere)
            throw new PipelineException($"{run.Path} has no weights, neither {Name(run.WeightsFile)} nor {Name(run.WeightsIndex)} with its files; its config.json was not written by `make train`. Fetch the checkpoint's weights into the folder.");
        run.RequireFile(run.WeightsFile, "train");
        throw new PipelineException($"{run.WeightsFile} cannot be read."); // it came or went meanwhile
    }

    /// <summary>Asks for config.json, without advice to train where that would take the place of weights that are there.</summary>
    /// <exception cref="PipelineException">It is missing.</exception>
    public static void RequireConfig(RunFolder run)
    {
        if (!File.Exists(run.ConfigJson) && (File.Exists(run.WeightsFile) || File.Exists(run.WeightsIndex) || Elsewhere(run) is not null))
            throw new PipelineException($"{run.Path} has weights but no {Name(run.ConfigJson)}, which says what model they are of. Fetch it from where the weights are from.");
        run.RequireFile(run.ConfigJson, "train");
    }

    // Weights that are there and cannot be read, or not without their index; null where there are none.
    private static string? Elsewhere(RunFolder run)
    {
        if (!Directory.Exists(run.Path))
            return null;
        string[] names = [.. Directory.EnumerateFiles(run.Path).Select(Name).Order(StringComparer.Ordinal)];
        if (names.Where(name => name.StartsWith("model-", StringComparison.Ordinal) && name.EndsWith(".safetensors", StringComparison.Ordinal)).ToArray() is { Length: > 0 } shards)
            return $"{run.Path} has {shards[0]}{(shards.Length > 1 ? $" and {shards.Length - 1} more like it" : "")} but no {Name(run.WeightsIndex)}, which says in which of them each tensor lies. Fetch it, too.";
        string? pickled = names.FirstOrDefault(name => (name.StartsWith("pytorch_model", StringComparison.Ordinal) && name.EndsWith(".bin", StringComparison.Ordinal)) || Path.GetExtension(name) is ".pth" or ".pt" or ".ckpt");
        if (pickled is not null)
            return $"{run.Path} has {pickled} but no {Name(run.WeightsFile)}: files of Python's pickle are not read. Save the model as safetensors where it is from, or fetch it in that format.";
        string? ggml = names.FirstOrDefault(name => name.EndsWith(".gguf", StringComparison.Ordinal));
        return ggml is null ? null : $"{run.Path} has {ggml} but no {Name(run.WeightsFile)}: GGUF is not read. Fetch the model in the format safetensors.";
    }

    private static string Name(string path) => Path.GetFileName(path);
}
