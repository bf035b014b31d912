using MhcPipeline.Train.Data;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Training;

public sealed class ReplicasTests
{
    private static readonly Batch _batch = new RepeatingBatches(rows: 5).Get(3);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)] // more than the batch has rows
    public void Replicas_compute_the_loss_and_gradient_of_one_model(int count)
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config()), alone = TinyModel.Create(TinyModel.Config());
        using Replicas replicas = new(model, count), one = new(alone, 1);
        for (int step = 0; step < 2; step++) // a second time: replicas start from clean gradients
        {
            model.Parameters.ClearGradient();
            alone.Parameters.ClearGradient();
            Assert.Equal(Loss(one, 0.1, backward: true), Loss(replicas, 0.1, backward: true), 1e-5);
            Numbers.Close(Numbers.Of(alone.Parameters.Gradient), Numbers.Of(model.Parameters.Gradient), 1e-5, "gradient");
        }
    }

    [Fact]
    public void Replicas_follow_the_values_of_the_first_model()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        using var replicas = new Replicas(model, 2);
        double before = Loss(replicas, 1, backward: false);
        using (no_grad())
            model.Parameters.Data.mul_(0.5);
        using var fresh = new Replicas(model, 1);
        double after = Loss(replicas, 1, backward: false);
        Assert.NotEqual(before, after, 3);
        Assert.Equal(Loss(fresh, 1, backward: false), after, 4);
    }

    [Fact]
    public void Without_backward_no_gradient_is_left()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        using var replicas = new Replicas(model, 2);
        Loss(replicas, 1, backward: false);
        Assert.All(Numbers.Of(model.Parameters.Gradient), value => Assert.Equal(0, value));
    }

    private static double Loss(Replicas replicas, double weight, bool backward)
    {
        using Tensor loss = replicas.Loss(_batch, weight, backward);
        return loss.ToDouble();
    }
}
