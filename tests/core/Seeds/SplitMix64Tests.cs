using MhcPipeline.Core.Corpus.Values;
using MhcPipeline.Core.Seeds;
using Xunit;

namespace MhcPipeline.Core.Tests.Seeds;

/// <summary>Data orders, corpora and samples follow from these values: whoever changes them changes every run that a seed names.</summary>
public sealed class SplitMix64Tests
{
    [Fact]
    public void A_sequence_is_the_published_one()
    {
        SplitMix64 values = new(0);

        ulong[] drawn = [values.Next(), values.Next(), values.Next()];

        Assert.Equal([0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F], drawn);
    }

    [Fact]
    public void Fractions_are_the_upper_53_bits()
    {
        SplitMix64 values = new(7);

        double[] drawn = [values.NextDouble(), values.NextDouble(), values.NextDouble()];

        Assert.Equal([0.3898297483912715, 0.01678829452815611, 0.9007606806068834], drawn);
    }

    [Fact]
    public void A_hash_is_the_first_value_of_a_sequence()
    {
        Assert.Equal(13679457532755275413, SplitMix64.Hash(42));
        Assert.Equal(new SplitMix64(42).Next(), SplitMix64.Hash(42));
    }

    [Fact]
    public void A_hash_of_two_values_depends_on_their_order()
    {
        Assert.Equal(18036798128018490698, SplitMix64.Hash(42, 3));
        Assert.Equal(4875857236239627170UL, SplitMix64.Hash(3, 42));
    }

    [Theory]
    [InlineData(nameof(Partition.Training), new[] { 901, 753, 787, 429, 180, 307 })]
    [InlineData(nameof(Partition.HeldOut), new[] { 584, 290, 687, 719, 104, 552 })]
    public void A_document_s_choices_follow_from_seed_partition_and_index(string partition, int[] expected)
    {
        SeededRandom random = new(7, Enum.Parse<Partition>(partition), 3);

        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(_ => random.Below(1000)));
    }
}
