using MhcPipeline.Core.Text;

namespace MhcPipeline.Train.Data;

/// <summary>Turns items of text into token ids. Called from several threads at once.</summary>
public interface IDocumentEncoder
{
    /// <summary>Ids are below it.</summary>
    int VocabSize { get; }

    /// <summary>The id that ends documents.</summary>
    int EndOfTextId { get; }

    /// <summary>Changes when any text would be encoded differently.</summary>
    string Fingerprint { get; }

    /// <summary>The tokens of one item, without a document separator.</summary>
    EncodedDocument Encode(TextItem item);
}
