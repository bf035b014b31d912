using TorchSharp;
using Xunit;
using static MhcPipeline.Compat.Tests.Torch.Tensors;
using static TorchSharp.torch;

namespace MhcPipeline.Compat.Tests.Torch;

public class RandomTests
{
    [Fact]
    public void A_generator_of_a_seed_repeats_its_numbers()
    {
        using var scope = NewDisposeScope();

        Close(Floats(randn(100, generator: new Generator(7))), randn(100, generator: new Generator(7)), 0);
        Assert.NotEqual(Floats(randn(100, generator: new Generator(7))), Floats(randn(100, generator: new Generator(8))));
    }

    [Fact]
    public void A_state_put_back_continues_where_it_was_taken()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(1);
        _ = rand(10, generator: generator);
        var state = generator.get_state();
        float[] next = Floats(randn(50, generator: generator));

        generator.set_state(state);

        Assert.Equal(next, Floats(randn(50, generator: generator)));
    }

    [Fact]
    public void The_state_of_the_default_generator_can_be_taken_and_put_back()
    {
        using var scope = NewDisposeScope();
        lock (typeof(RandomTests))
        {
            var state = get_rng_state();
            set_rng_state(state);
            Assert.Equal(ScalarType.Byte, state.dtype);
        }
    }

    [Fact]
    public void Samples_lie_in_their_ranges_and_follow_their_weights()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(2);

        Assert.All(Longs(randint(3, 9, [1000], generator: generator)), value => Assert.InRange(value, 3, 8));
        Assert.All(Longs(tensor(new float[] { 0, 1, 0 }).multinomial(50, replacement: true, generator: generator)), value => Assert.Equal(1, value));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), Longs(randperm(20, generator: generator)).Order());
        var normal = empty(20000).normal_(2, 0.5, generator);
        Assert.Equal(2, normal.mean().ToDouble(), 1);
        Assert.Equal(0.5, normal.std().ToDouble(), 1);
    }
}
