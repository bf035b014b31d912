using System.Text;
using MhcPipeline.Core.Text;
using MhcPipeline.Train.Data;

namespace MhcPipeline.Train.Tests.Data;

/// <summary>A token a byte; 256 ends documents, 257 begins a turn, 258 ends it.</summary>
internal sealed class ByteEncoder(int vocabSize = 259, string fingerprint = "bytes") : IDocumentEncoder
{
    internal const int TurnStart = 257;
    internal const int TurnEnd = 258;

    public int VocabSize => vocabSize;

    public int EndOfTextId => 256;

    public string Fingerprint => fingerprint;

    public EncodedDocument Encode(TextItem item)
    {
        if (item.Messages is null)
            return new EncodedDocument([.. Encoding.UTF8.GetBytes(item.Text!)], null);
        List<int> ids = [];
        List<byte> mask = [];
        foreach (ChatTurn turn in item.Messages)
        {
            byte learnt = turn is { Role: "assistant", IsLearnt: true } ? (byte)1 : (byte)0;
            Add([TurnStart, turn.Role[0]], 0);
            Add([.. Encoding.UTF8.GetBytes(turn.Content)], learnt);
            Add([TurnEnd], learnt);
        }
        return new EncodedDocument([.. ids], [.. mask]);

        void Add(int[] tokens, byte bears)
        {
            ids.AddRange(tokens);
            mask.AddRange(Enumerable.Repeat(bears, tokens.Length));
        }
    }
}
