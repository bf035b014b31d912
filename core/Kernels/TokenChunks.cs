namespace MhcPipeline.Core.Kernels;

/// <summary>Divides tokens among threads, always in the same chunks, so that sums over chunks come out the same on any machine.</summary>
internal static class TokenChunks
{
    /// <summary>Tokens of a chunk, a multiple of <see cref="SinkhornKernel.Lanes"/>: with four streams of 128 they are 128 KB, which a core's L2 cache holds.</summary>
    public const int Size = 64;

    public static int Count(int tokens) => (tokens + Size - 1) / Size;

    /// <summary>Calls <paramref name="work"/> with each chunk's number, first token and end.</summary>
    public static void Run(int tokens, Action<int, int, int> work)
    {
        int chunks = Count(tokens);
        if (chunks <= 1)
            work(0, 0, tokens);
        else
            Parallel.For(0, chunks, chunk => work(chunk, chunk * Size, Math.Min(tokens, (chunk + 1) * Size)));
    }
}
