using MhcPipeline.Core.Safetensors;
using Xunit;

namespace MhcPipeline.Core.Tests.Safetensors;

public sealed class SafetensorsShardsTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_are_read_from_the_files_that_hold_them()
    {
        Shard("one.safetensors", ("a", [1, 2]), ("b", [3]));
        Shard("two.safetensors", ("c", [4, 5, 6]));
        WriteIndex("""{ "metadata": { "total_size": 24 }, "weight_map": { "a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors" } }""");

        using SafetensorsShards shards = Open();

        Assert.Equal(2, shards.Count);
        Assert.Equal(["a", "b", "c"], shards.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([3f], shards.ReadFloat32("b"));
        var last = new float[1];
        shards.ReadFloat32("c", 2, last);
        Assert.Equal([6f], last);
        using var copy = new MemoryStream();
        shards.CopyTo("a", copy);
        Assert.Equal([.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)], copy.ToArray());
        Assert.Contains("no tensor d", Assert.Throws<PipelineException>(() => shards.Tensor("d")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_difference_between_the_index_and_the_files_is_named()
    {
        Shard("one.safetensors", ("a", [1]), ("extra", [1]), ("c", [1]));
        Shard("two.safetensors", ("c", [1]));
        WriteIndex("""{ "weight_map": { "a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors", "d": "three.safetensors" } }""");

        string message = Assert.Throws<PipelineException>(Open).Message;

        Assert.Contains("one.safetensors has no tensor b", message, StringComparison.Ordinal);
        Assert.Contains("one.safetensors has the tensor extra, which the index does not name", message, StringComparison.Ordinal);
        Assert.Contains("one.safetensors has the tensor c, which the index puts into two.safetensors", message, StringComparison.Ordinal);
        Assert.Contains("three.safetensors is missing", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{ "weight_map": [] }""")]
    [InlineData("""{ "weight_map": { "a": 1 } }""")]
    [InlineData("""{ "weight_map": { "a": "../one.safetensors" } }""")]
    [InlineData("""{ "weight_map": { "a": "" } }""")]
    public void What_is_no_index_is_a_clear_error(string text)
    {
        WriteIndex(text);
        Assert.Contains(Index, Assert.Throws<PipelineException>(Open).Message, StringComparison.Ordinal);
    }

    private SafetensorsShards Open() => SafetensorsShards.Open(_folder.File(Index));

    private void WriteIndex(string text) => File.WriteAllText(_folder.File(Index), text);

    private void Shard(string name, params ReadOnlySpan<(string Name, float[] Values)> tensors)
    {
        var writer = new SafetensorsWriter();
        foreach ((string tensor, float[] values) in tensors)
            writer.Add(tensor, [values.Length], values);
        writer.Save(_folder.File(name));
    }
}
