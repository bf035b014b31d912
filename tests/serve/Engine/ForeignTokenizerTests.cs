using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

public sealed class ForeignTokenizerTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tokenizer_that_the_model_was_not_exported_with_is_refused()
    {
        TinyRun.Write(_folder.Path);
        var run = new RunFolder(_folder.Path);
        string exported = Path.Combine(run.OnnxFolder, "tokenizer.json"), text = File.ReadAllText(run.TokenizerJson);
        File.WriteAllText(exported, text + "\n");
        await InferenceEngine.Load(run.Path).DisposeAsync();

        File.WriteAllText(run.TokenizerJson, text.Replace("im_end", "im_over", StringComparison.Ordinal));

        Assert.Contains("another tokenizer", Assert.Throws<PipelineException>(() => InferenceEngine.Load(run.Path)).Message, StringComparison.Ordinal);
    }
}
