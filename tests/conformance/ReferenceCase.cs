using MhcPipeline.Core;
using static TorchSharp.torch;

namespace MhcPipeline.Conformance;

/// <summary>A case of a folder, by what it is made of.</summary>
/// <param name="path">Its file or folder.</param>
/// <param name="device">Where training's code computes it.</param>
/// <param name="precision">In what: float32, or streams and activations in bf16, whose limits are as much wider as its numbers are shorter.</param>
public abstract class ReferenceCase(string path, Device device, ScalarType precision)
{
    /// <summary>Where training's code computes.</summary>
    protected Device Device { get; } = device;

    /// <summary>In what.</summary>
    protected ScalarType Precision { get; } = precision;

    /// <summary>Limit of outputs of layer and head cases, of the tensor's largest absolute value.</summary>
    protected double OutputLimit => Precision == ScalarType.BFloat16 ? 0.02 : 2e-5;

    /// <summary>Limit of gradients, of the tensor's largest absolute value; in bf16 that of the case with the sharpest logits, which magnify how its streams are rounded (0.094; the others stay below 0.02).</summary>
    protected double GradientLimit => Precision == ScalarType.BFloat16 ? 0.1 : 1e-4;

    /// <summary>Limit of logits, absolute.</summary>
    protected double LogitLimit => Precision == ScalarType.BFloat16 ? 0.1 : 1e-4;

    /// <summary>The case's file or folder.</summary>
    protected string Path { get; } = path;

    /// <summary>The cases of a folder, in the order of their names; a folder that is itself a model case is one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where training's code computes.</param>
    /// <param name="precision">In what.</param>
    /// <exception cref="PipelineException">The folder is missing or holds no case.</exception>
    public static IReadOnlyList<ReferenceCase> Find(string folder, Device device, ScalarType precision)
    {
        if (!Directory.Exists(folder))
            throw new PipelineException($"There is no folder {folder}; name one that holds reference cases: make conformance DIR=folder.");
        ReferenceCase[] cases = IsModel(folder)
            ? [new ModelCase(folder, device, precision)]
            : [.. Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal).Select(file => new MixingCase(file, device, precision)),
               .. Directory.EnumerateDirectories(folder).Where(IsModel).Order(StringComparer.Ordinal).Select(model => new ModelCase(model, device, precision))];
        return cases.Length > 0 ? cases : throw new PipelineException($"{folder} holds no reference case: neither *.safetensors nor folders with config.json.");

        static bool IsModel(string path) => File.Exists(new RunFolder(path).ConfigJson);
    }

    /// <summary>Runs the case.</summary>
    public CaseResult Run() => CaseResult.Of(System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Path)), Compare);

    /// <summary>Compares every tensor that the case expects.</summary>
    protected abstract IReadOnlyList<TensorError> Compare();
}
