namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>One thing wrong in a source.</summary>
internal static class Mutation
{
    /// <summary>How many barriers a source has.</summary>
    public static int Barriers(string text) => Places(text).Count;

    /// <summary>The source without one of its barriers.</summary>
    public static string WithoutBarrier(string text, int barrier)
    {
        int at = Places(text)[barrier];
        return text.Remove(at, text.IndexOf(';', at) - at);
    }

    private static List<int> Places(string text)
    {
        var places = new List<int>();
        foreach (string barrier in (string[])["__syncthreads();", "__syncwarp();"])
            for (int at = text.IndexOf(barrier, StringComparison.Ordinal); at >= 0; at = text.IndexOf(barrier, at + 1, StringComparison.Ordinal))
                places.Add(at);
        return places;
    }
}
