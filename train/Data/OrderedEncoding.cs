using MhcPipeline.Core.Text;

namespace MhcPipeline.Train.Data;

/// <summary>Tokenises items on several threads and hands the results out in the items' order, with a bounded number in flight.</summary>
internal static class OrderedEncoding
{
    /// <summary>Work for one task, in characters: large against the cost of a task, small against memory.</summary>
    private const int GroupCharacters = 1 << 17;

    internal static IEnumerable<(TextItem Item, EncodedDocument Tokens)> Run(
        IEnumerable<TextItem> items, IDocumentEncoder encoder, int threads, CancellationToken cancellation)
    {
        Queue<Task<(TextItem, EncodedDocument)[]>> running = new();
        foreach (TextItem[] group in Groups(items))
        {
            cancellation.ThrowIfCancellationRequested();
            running.Enqueue(Task.Run(() => Array.ConvertAll(group, item => (item, encoder.Encode(item))), cancellation));
            if (running.Count <= 2 * threads)
                continue;
            foreach ((TextItem, EncodedDocument) result in running.Dequeue().GetAwaiter().GetResult())
                yield return result;
        }
        foreach (Task<(TextItem, EncodedDocument)[]> task in running)
        {
            foreach ((TextItem, EncodedDocument) result in task.GetAwaiter().GetResult())
                yield return result;
        }
    }

    private static IEnumerable<TextItem[]> Groups(IEnumerable<TextItem> items)
    {
        List<TextItem> group = [];
        int characters = 0;
        foreach (TextItem item in items)
        {
            group.Add(item);
            characters += 64 + (item.Text?.Length ?? item.Messages!.Sum(turn => turn.Content.Length));
            if (characters < GroupCharacters)
                continue;
            yield return [.. group];
            group.Clear();
            characters = 0;
        }
        if (group.Count > 0)
            yield return [.. group];
    }
}
