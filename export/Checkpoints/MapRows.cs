namespace MhcPipeline.Export.Checkpoints;

/// <summary>One of a site's maps, and the rows of fn that give it.</summary>
/// <param name="Map">pre, post or comb.</param>
/// <param name="Index">Its place in scale.</param>
/// <param name="First">Its first row.</param>
/// <param name="Count">Number of its rows.</param>
internal sealed record MapRows(string Map, int Index, int First, int Count)
{
    /// <summary>The maps pre, post and comb with these numbers of rows, one after another; those without rows are left out.</summary>
    public static IReadOnlyList<MapRows> Of(int pre, int post, int comb) =>
        [.. new MapRows[] { new("pre", 0, 0, pre), new("post", 1, pre, post), new("comb", 2, pre + post, comb) }.Where(map => map.Count > 0)];
}
