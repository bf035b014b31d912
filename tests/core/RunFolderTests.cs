using Xunit;

namespace MhcPipeline.Core.Tests;

public sealed class RunFolderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_names_the_target_that_makes_it()
    {
        var run = new RunFolder(_folder.Path);
        var error = Assert.Throws<PipelineException>(() => run.RequireFile(run.OnnxModel, "export"));
        Assert.Contains($"make export RUN={_folder.Path}", error.Message, StringComparison.Ordinal);
        Assert.Contains("onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_said_to_be_missing()
    {
        var run = new RunFolder(_folder.File("nowhere"));
        var error = Assert.Throws<PipelineException>(() => run.RequireFile(run.ConfigJson, "train"));
        Assert.Contains("There is no run folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_is_accepted()
    {
        var run = new RunFolder(_folder.Path);
        File.WriteAllText(run.ConfigJson, "{}");
        run.RequireFile(run.ConfigJson, "train");
    }

    [Theory]
    [InlineData("runs/default")]
    [InlineData("runs/default/")]
    public void The_model_is_named_after_the_folder(string path) => Assert.Equal("default", new RunFolder(path).Name);
}
