using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Kernels.Simd;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

/// <summary>The forward pass of a site as inference calls it: for any number of tokens.</summary>
public sealed unsafe class SiteForwardTests
{
    private const int Tokens = 61, Streams = 4, Width = 613, Rows = 24, Writing = 20; // so wide that a host's threads share fn

    private static readonly MhcMap _map = new(new MhcOptions(Streams, 20, 1e-6, 1e-6));

    public static TheoryData<int> Widths => [.. new[] { 16, 8, 4, 1 }.Where(lanes => lanes <= Machine.Lanes)];

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_token_is_computed_alone_as_it_is_among_others(int lanes) => KernelNumbers.With(lanes, 1, () =>
    {
        (float[] streams, float[] input) = Forward(Enumerable.Range(0, Tokens));
        foreach (int together in new[] { 1, 2, 3, 4, 7, 8, 11 })
        {
            (float[] fewStreams, float[] fewInput) = Forward(Enumerable.Range(5, together));
            Assert.Equal(streams[(5 * Streams * Width)..((5 + together) * Streams * Width)], fewStreams);
            Assert.Equal(input[(5 * Width)..((5 + together) * Width)], fewInput);
        }
    });

    [Theory]
    [InlineData(1)] // fn is cut
    [InlineData(7)]
    [InlineData(16)] // tokens are
    [InlineData(Tokens)]
    public void On_the_threads_of_a_host_numbers_are_the_same(int tokens)
    {
        (float[] streams, float[] input) = Forward(Enumerable.Range(0, tokens));
        int calls = 0;
        KernelThreads.Host = new HostThreads { ParallelFor = &Backwards, State = &calls };
        try
        {
            (float[] hostedStreams, float[] hostedInput) = Forward(Enumerable.Range(0, tokens));
            Assert.Equal(streams, hostedStreams);
            Assert.Equal(input, hostedInput);
            Assert.True(calls > 1, "the host's threads were not asked for");
        }
        finally
        {
            KernelThreads.Host = default;
        }

        static void Backwards(void* state, delegate* unmanaged<void*, nuint, void> function, int count, void* work)
        {
            for (int i = count - 1; i >= 0; i--, (*(int*)state)++)
                function(work, (nuint)i);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_write_to_streams_that_are_all_the_embedding_needs_one_of_them(int lanes) => KernelNumbers.With(lanes, 1, () =>
    {
        int[] tokens = [.. Enumerable.Range(0, Tokens)];
        (float[] expectedStreams, float[] expectedInput) = Forward(tokens, equal: true, expand: true);
        (float[] streams, float[] input) = Forward(tokens, equal: true);
        KernelNumbers.Close([.. expectedStreams.Select(x => (double)x)], streams, 1e-6, "streams");
        KernelNumbers.Close([.. expectedInput.Select(x => (double)x)], input, 1e-6, "input");
    });

    // The write and read of some tokens, their streams taken as they are or, when equal, all as the first one.
    private static (float[] Streams, float[] Input) Forward(IEnumerable<int> tokens, bool equal = false, bool expand = false)
    {
        int[] chosen = [.. tokens];
        int count = chosen.Length;
        float[] x = Picked(KernelNumbers.Normal(Tokens * Streams * Width, 1), Streams * Width);
        if (equal)
            x = [.. x.Chunk(Streams * Width).SelectMany(token => Enumerable.Repeat(token[..Width], expand ? Streams : 1).SelectMany(row => row))];
        float[] output = Picked(KernelNumbers.Normal(Tokens * Width, 2), Width);
        float[] all = KernelNumbers.Normal(Writing * Tokens, 3);
        float[] writing = [.. Enumerable.Range(0, Writing).SelectMany(row => chosen.Select(token => all[(row * Tokens) + token]))];
        float[] fn = KernelNumbers.Normal(Rows * Streams * Width, 4, 0.1), bias = KernelNumbers.Normal(Rows, 5), scale = [1, 1, 1];
        float[] streams = new float[count * Streams * Width], input = new float[count * Width], products = new float[Rows * count], roots = new float[count], next = new float[Writing * count];
        fixed (float* xs = x, outputs = output, writings = writing, fns = fn, biases = bias, scales = scale, y = streams, u = input, p = products, r = roots, w = next)
        {
            bool one = equal && !expand;
            var before = new Before { Embedding = one ? xs : null, X = one ? null : xs, Output = outputs, Mixes = true, Writing = writings };
            SiteKernel.Forward(_map, new SiteShape(count, Streams, Width), before, new SiteParameters { Fn = fns, Bias = biases, Scale = scales }, y, p, r, w, u);
        }
        return (streams, input);

        float[] Picked(float[] values, int width) => [.. chosen.SelectMany(token => values[(token * width)..((token + 1) * width)])];
    }
}
