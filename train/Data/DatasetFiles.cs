namespace MhcPipeline.Train.Data;

/// <summary>Names of the files in a data folder. Numbers are little-endian.</summary>
/// <param name="folder">The data folder.</param>
internal readonly struct DatasetFiles(string folder)
{
    /// <summary>uint16 or uint32 ids.</summary>
    internal string Tokens(int shard) => Path.Combine(folder, $"tokens-{shard:D5}.bin");

    /// <summary>One byte a token, 1 where it bears loss; missing if all of the shard's do.</summary>
    internal string Mask(int shard) => Path.Combine(folder, $"mask-{shard:D5}.bin");

    /// <summary>See <see cref="DocumentIndex"/>.</summary>
    internal string Train => Path.Combine(folder, "train.bin");

    /// <summary>See <see cref="DocumentIndex"/>.</summary>
    internal string Validation => Path.Combine(folder, "validation.bin");

    /// <summary>Removes the manifest first, so that the rest never counts as whole, then the rest.</summary>
    internal void Clear()
    {
        File.Delete(Path.Combine(folder, DatasetManifest.FileName));
        foreach (string file in Directory.EnumerateFiles(folder, "*.bin"))
            File.Delete(file);
    }
}
