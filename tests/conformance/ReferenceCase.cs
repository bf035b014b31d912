using MhcPipeline.Core;

namespace MhcPipeline.Conformance;

/// <summary>A case of a folder, by what it is made of.</summary>
public abstract class ReferenceCase(string path)
{
    /// <summary>Limit of outputs of layer and head cases, of the tensor's largest absolute value.</summary>
    protected const double OutputLimit = 2e-5;

    /// <summary>Limit of gradients, of the tensor's largest absolute value.</summary>
    protected const double GradientLimit = 1e-4;

    /// <summary>Limit of logits, absolute.</summary>
    protected const double LogitLimit = 1e-4;

    /// <summary>The case's file or folder.</summary>
    protected string Path { get; } = path;

    /// <summary>The cases of a folder, in the order of their names; a folder that is itself a model case is one.</summary>
    /// <exception cref="PipelineException">The folder is missing or holds no case.</exception>
    public static IReadOnlyList<ReferenceCase> Find(string folder)
    {
        if (!Directory.Exists(folder))
            throw new PipelineException($"There is no folder {folder}; name one that holds reference cases: make conformance DIR=folder.");
        ReferenceCase[] cases = IsModel(folder)
            ? [new ModelCase(folder)]
            : [.. Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).Select(file => new MixingCase(file)),
               .. Directory.EnumerateDirectories(folder).Where(IsModel).Order(StringComparer.Ordinal).Select(model => new ModelCase(model))];
        return cases.Length > 0 ? cases : throw new PipelineException($"{folder} holds no reference case: neither *.safetensors nor folders with config.json.");

        static bool IsModel(string path) => File.Exists(new RunFolder(path).ConfigJson);
    }

    /// <summary>Runs the case.</summary>
    public CaseResult Run() => CaseResult.Of(System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Path)), Compare);

    /// <summary>Compares every tensor that the case expects.</summary>
    protected abstract IReadOnlyList<TensorError> Compare();
}
