using MhcPipeline.Core;
using MhcPipeline.Train.Training;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Training;

public sealed class PlacementTests
{
    [Theory]
    [InlineData(null, 0, "float32 on cpu")]
    [InlineData(null, 2, "bf16 on cuda:0")]
    [InlineData("cpu", 2, "float32 on cpu")]
    [InlineData("cuda", 2, "bf16 on cuda:0")]
    [InlineData("cuda:1", 2, "bf16 on cuda:1")]
    public void A_GPU_is_taken_where_there_is_one_and_computes_in_bf16(string? asked, int devices, string chosen) =>
        Assert.Equal(chosen, Placement.Choose(asked, precision: null, devices, _ => null).ToString());

    [Fact]
    public void A_GPU_whose_kernels_do_not_run_is_taken_only_when_asked_for()
    {
        Assert.False(Placement.Choose(null, null, devices: 1, _ => "too old").IsCuda);
        Assert.True(Placement.Choose("cuda", null, devices: 1, _ => "too old").IsCuda);
    }

    [Theory]
    [InlineData("bf16", null, 0, ScalarType.BFloat16)]
    [InlineData("float32", "cuda", 1, ScalarType.Float32)]
    public void Precision_is_what_was_asked_for(string precision, string? device, int devices, ScalarType type) =>
        Assert.Equal(type, Placement.Choose(device, precision, devices, _ => null).Precision);

    [Theory]
    [InlineData("cuda", 0, "There is no CUDA device")]
    [InlineData("cuda:2", 2, "There is no cuda:2: libtorch finds 2 CUDA devices, counted from 0.")]
    [InlineData("cuda:-1", 2, "There is no device 'cuda:-1': cpu, cuda or cuda:N.")]
    [InlineData("gpu", 2, "There is no device 'gpu'")]
    public void What_is_not_there_is_said_in_one_line(string asked, int devices, string said)
    {
        var error = Assert.Throws<PipelineException>(() => Placement.Choose(asked, null, devices, _ => null));
        Assert.StartsWith(said, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_precision_that_is_not_known_is_refused() =>
        Assert.Contains("float32 or bf16", Assert.Throws<PipelineException>(() => Placement.Choose("cpu", "float16", 0, _ => null)).Message, StringComparison.Ordinal);
}
