using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntimeGenAI;

namespace MhcPipeline.Export.Tests.Elsewhere;

/// <summary>onnxruntime-genai.</summary>
internal static class GenAi
{
    /// <summary>Greedy tokens after a prompt, until an end token or <paramref name="count"/>.</summary>
    public static int[] Generate(string onnxFolder, int[] prompt, int count)
    {
        OrtEnv.Instance(); // genai takes the ONNX Runtime that is loaded
        using var model = new Microsoft.ML.OnnxRuntimeGenAI.Model(onnxFolder);
        using var parameters = new GeneratorParams(model);
        parameters.SetSearchOption("max_length", prompt.Length + count);
        using var generator = new Generator(model, parameters);
        generator.AppendTokens(prompt);
        while (!generator.IsDone())
            generator.GenerateNextToken();
        return generator.GetSequence(0)[prompt.Length..].ToArray();
    }
}
