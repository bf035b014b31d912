using MhcPipeline.Core.Text;
using MhcPipeline.Train.Data;

namespace MhcPipeline.Train.Tests.Data;

/// <summary>Gives every token of the whole source its own id, from 1; 0 ends documents. Only for sources read by one task.</summary>
internal sealed class CountingEncoder : IDocumentEncoder
{
    private int _next;

    public int VocabSize => 1 << 20;

    public int EndOfTextId => 0;

    public string Fingerprint => "counting";

    public EncodedDocument Encode(TextItem item)
    {
        int first = Interlocked.Add(ref _next, item.Text!.Length) - item.Text.Length;
        return new EncodedDocument([.. Enumerable.Range(first + 1, item.Text.Length)], null);
    }
}
