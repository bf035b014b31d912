#if GENAI
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntimeGenAI;
#endif

namespace MhcPipeline.Export.Tests.Elsewhere;

/// <summary>onnxruntime-genai, where `make deps` found it.</summary>
internal static class GenAi
{
#if GENAI
    /// <summary>Why it cannot be used here; null where it can.</summary>
    public const string? Missing = null;

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
#else
    /// <summary>Why it cannot be used here; null where it can.</summary>
    public const string? Missing = "onnxruntime-genai is neither on the NuGet feed nor to be had from npm here (see `make deps`)";

    /// <summary>Not here: see <see cref="Missing"/>.</summary>
    public static int[] Generate(string onnxFolder, int[] prompt, int count) => throw new NotSupportedException(Missing);
#endif
}
