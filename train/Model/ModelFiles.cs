using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Model;

/// <summary>A model as config.json and model.safetensors.</summary>
public static class ModelFiles
{
    /// <summary>Reads a folder's.</summary>
    /// <exception cref="PipelineException">A file is missing, malformed, or does not fit the other.</exception>
    public static LanguageModel Load(string folder, Device device)
    {
        var run = new RunFolder(folder);
        var model = new LanguageModel(ModelConfig.Load(run.ConfigJson), device);
        using SafetensorsFile file = SafetensorsFile.Open(run.WeightsFile);
        model.Parameters.Load(file, model.Parameters.Data);
        return model;
    }

    /// <summary>Writes model.safetensors.</summary>
    /// <param name="model">The weights.</param>
    /// <param name="path">The file.</param>
    /// <param name="record">What the file says of itself, see <see cref="WeightsRecord"/>.</param>
    public static void SaveWeights(this LanguageModel model, string path, params ReadOnlySpan<(string Key, string Value)> record)
    {
        var writer = new SafetensorsWriter();
        foreach ((string key, string value) in record)
            writer.Metadata[key] = value;
        writer.Metadata["format"] = "pt"; // Hugging Face's loaders ask for it
        model.Parameters.Save(writer, model.Parameters.Data);
        writer.Save(path);
    }
}
