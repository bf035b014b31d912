using MhcPipeline.Core.Text;
using Xunit;

namespace MhcPipeline.Data.Tests;

/// <summary>Memory is the whole process's: these tests run while no others do.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    [Theory]
    [InlineData("a.jsonl", "", "\n", "")]
    [InlineData("a.json", "[", ",", "{\"text\":\"last\"}]")]
    public void A_large_file_is_read_without_being_held(string name, string begin, string after, string end)
    {
        using ScratchFolder folder = new();
        using (StreamWriter writer = new(folder.File(name)))
        {
            writer.Write(begin);
            string record = $$"""{"text":"{{new string('x', 10_000)}}"}""";
            for (int i = 0; i < 4_000; i++)
                writer.Write(record + after);
            writer.Write(end);
        }
        long before = GC.GetTotalMemory(forceFullCollection: true), most = before, count = 0; // other tests leave buffers in the shared pool
        foreach (TextItem item in new TextSource(folder.File(name)).Read())
        {
            if (++count % 1000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        }
        Assert.InRange(count, 4_000, 4_001);
        Assert.InRange(most - before, 0, 20L << 20); // the file is 40 MB
    }
}
