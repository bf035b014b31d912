using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export.Command;
using MhcPipeline.Export.Output;
using MhcPipeline.Export.Tests.Command;
using MhcPipeline.Export.Weights;
using Spectre.Console;
using Xunit;

namespace MhcPipeline.Export.Tests.Elsewhere;

/// <summary>onnxruntime-genai runs an exported folder as it is, and gives the engine's tokens.</summary>
public sealed class GenAiTests
{
    private const int Count = 40;

    [Theory]
    [InlineData("mhc", ExportPrecision.Float32)]
    [InlineData("mhc_lite", ExportPrecision.Float32)]
    [InlineData("hc", ExportPrecision.Float32)]
    [InlineData("identity", ExportPrecision.Float32)]
    [InlineData("residual", ExportPrecision.Float32)]
    [InlineData("mhc", ExportPrecision.Int8)]
    [InlineData("mhc", ExportPrecision.Int4)]
    public async Task The_same_greedy_tokens(string connection, ExportPrecision precision)
    {
        using var run = new TestRun(connection);
        using var output = new StringWriter();
        new RunExport(run.Folder, new StepDisplay(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }), interactive: false))
            .Export(new ExportOptions { Precision = precision });
        await using InferenceEngine engine = InferenceEngine.Load(run.Folder.Path);

        foreach (string prompt in new[] { "Once upon a time", "x", new string('?', 60) })
        {
            int[] ids = engine.Tokenizer.Encode(prompt);
            var tokens = new List<int>();
            await foreach (GenerationChunk chunk in engine.GenerateAsync(new GenerationRequest { Prompt = ids, MaxTokens = Count }))
            {
                if (chunk.TokenId is { } token)
                    tokens.Add(token);
            }

            Assert.Equal(Count, tokens.Count);
            Assert.Equal(tokens, GenAi.Generate(run.Folder.OnnxFolder, ids, Count));
        }
    }
}
