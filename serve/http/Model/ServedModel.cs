using MhcPipeline.Engine;
using MhcPipeline.Serve.Api;

namespace MhcPipeline.Serve.Model;

/// <summary>The model behind all endpoints.</summary>
/// <param name="Engine">Generates.</param>
/// <param name="Defaults">What requests leave out.</param>
/// <param name="Created">When the model was exported.</param>
/// <param name="Examples">Prompts that the web page offers.</param>
internal sealed record ServedModel(InferenceEngine Engine, GenerationDefaults Defaults, DateTimeOffset Created, IReadOnlyList<ExamplePrompt> Examples)
{
    public string Name => Engine.ModelName;

    public ModelInfo Info => new(Name, Created.ToUnixTimeSeconds());
}
