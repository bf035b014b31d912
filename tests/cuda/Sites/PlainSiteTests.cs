using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

public sealed class PlainSiteTests
{
    public static TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int> Cases { get; } = All();

    [HostTheory]
    [MemberData(nameof(Cases))]
    public void The_plain_kernels_give_what_SiteKernel_gives(string connection, int n, CudaStreamType type, CudaSiteSource before, int tokens, int width)
    {
        MhcOptions options = Connections.Options(n);

        SiteAssert.Right(new SiteCase(Connections.Map(connection, options), options, new(tokens, n, width), type, before));
    }

    [HostFact]
    public void A_write_to_an_embedding_is_a_write_to_streams_that_all_are_it()
    {
        const int n = 3, tokens = 5, width = 21;
        MhcOptions options = Connections.Options(n);
        var kernel = new CudaSiteKernel(new HostLauncher(lastFirst: false), new MhcMap(options), options, CudaSiteSource.Mixes, new(tokens, n, width), CudaStreamType.Float32, SiteCase.LargeDevice);
        float[] embedding = SiteNumbers.Normal(tokens * width, 1);
        float[] streams = [.. Enumerable.Range(0, tokens * n).SelectMany(k => embedding.AsSpan(k / n * width, width).ToArray())];
        using var memory = new HostMemory();
        nint Put(float[] values) => SiteNumbers.Put(memory, values, CudaStreamType.Float32);
        var toStreams = new CudaBefore { X = Put(streams), Output = Put(SiteNumbers.Normal(tokens * width, 2)), Writing = Put(SiteNumbers.Normal(tokens * n * (n + 1), 3)), Mixes = true };
        CudaBefore toEmbedding = toStreams with { X = 0, Embedding = Put(embedding) };
        var parameters = new CudaSiteParameters(Put(SiteNumbers.Normal(15 * n * width, 4, 0.1)), Put(SiteNumbers.Normal(15, 5)), Put(SiteNumbers.Normal(3, 6)));

        float[] Forward(CudaBefore before)
        {
            nint Take(int count) => memory.Take(count * sizeof(float));
            nint written = Take(tokens * n * width), input = Take(tokens * width);
            kernel.Forward(before, parameters, written, Take(15 * tokens), Take(tokens), Take(12 * tokens), input, 0);
            return [.. SiteNumbers.Get(written, tokens * n * width, CudaStreamType.Float32), .. SiteNumbers.Get(input, tokens * width, CudaStreamType.Float32)];
        }

        float[] expected = Forward(toStreams);
        Assert.DoesNotContain(float.NaN, expected);
        Assert.Equal(expected, Forward(toEmbedding));
        Assert.Throws<PipelineException>(() => kernel.Backward(toEmbedding, parameters, 0, 0, default, 0));
    }

    [Fact]
    public void No_tokens_are_refused()
    {
        MhcOptions options = Connections.Options(2);
        Assert.Contains("0 tokens", Assert.Throws<PipelineException>(() =>
            new CudaSiteKernel(new HostLauncher(lastFirst: false), new MhcMap(options), options, CudaSiteSource.Mixes, new(0, 2, 32), CudaStreamType.BFloat16, SiteCase.LargeDevice)).Message);
    }

    // Every connection with every n, what stands before in turns; odd widths and token counts. bf16 with some of them.
    private static TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int> All()
    {
        var cases = new TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int>();
        foreach (string connection in (string[])["mhc", "hc", "mhc_lite", "identity", "head", "sum"])
            for (int n = 1; n <= (connection == "mhc_lite" ? 4 : 8); n++)
            {
                if (connection == "sum" && n is not (1 or 4))
                    continue;
                CudaStreamType type = (connection, n) is ("mhc", 4) or ("hc", 2) or ("mhc_lite", 3) or ("identity", 5) or ("head", 4) or ("sum", 1) ? CudaStreamType.BFloat16
                    : (connection, n) is ("mhc", 3) or ("hc", 4) or ("sum", 4) ? CudaStreamType.Float16 : CudaStreamType.Float32;
                CudaSiteSource write = connection == "identity" ? CudaSiteSource.Gates : CudaSiteSource.Mixes;
                cases.Add(connection, n, type, write, 3 + n, 13 + (11 * n));
                if (n is 2 or 3)
                    cases.Add(connection, n, type, CudaSiteSource.Embedding, 5, 37);
                if (n == 4 && connection is "head" or "mhc")
                    cases.Add(connection, n, type, CudaSiteSource.Gates, 5, 37);
            }
        return cases;
    }
}
