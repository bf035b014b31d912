using MhcPipeline.Core.Corpus;
using MhcPipeline.Core.Text;
using MhcPipeline.Data;

namespace MhcPipeline.Train.Data;

/// <summary>Where the text of a run comes from.</summary>
public sealed record DataSource
{
    /// <summary>For people: a path, or a corpus by its name.</summary>
    public required string Name { get; init; }

    /// <summary>Changes when the text does.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The items to learn from (and, without <see cref="Validation"/>, to validate on), reporting what was read of files.</summary>
    public required Func<Action<TextProgress>, IEnumerable<TextItem>> Items { get; init; }

    /// <summary>What people should know of the items once all were read, each a line: what of the files was left out.</summary>
    public Func<IReadOnlyList<string>> Notes { get; init; } = () => [];

    /// <summary>Items to validate on, if they do not come out of a split of <see cref="Items"/>.</summary>
    public IEnumerable<TextItem>? Validation { get; init; }

    /// <summary>A file or folder that <see cref="TextSource"/> reads; known again by the names, sizes and times of its files.</summary>
    /// <exception cref="Core.PipelineException">The path is missing or cannot be listed.</exception>
    public static DataSource FromPath(string path)
    {
        TextSource source = new(path);
        return new DataSource { Name = path, Fingerprint = source.Fingerprint, Items = source.Read, Notes = () => source.Notes };
    }

    /// <summary>
    /// The built-in corpus: <paramref name="examples"/> training conversations, and for validation <paramref name="validation"/> of its held-out side
    /// beyond the first <paramref name="heldOut"/>, which are left for the evaluation of the exported model.
    /// </summary>
    /// <param name="corpus">The generator.</param>
    /// <param name="identity">All that decides what it generates: seed and options.</param>
    /// <param name="examples">Conversations to learn from.</param>
    /// <param name="heldOut">Conversations of heldout.jsonl.</param>
    /// <param name="validation">Conversations to validate on.</param>
    public static DataSource FromCorpus(BusinessCorpus corpus, string identity, int examples, int heldOut, int validation) => new()
    {
        Name = $"{examples} generated business documents",
        Fingerprint = $"{identity}\n{examples}\n{heldOut}\n{validation}",
        Items = _ => corpus.Training(examples).Select(Item),
        Validation = corpus.HeldOut(heldOut + validation).Skip(heldOut).Select(Item),
    };

    private static TextItem Item(CorpusItem item, int index) => new() { Messages = item.Messages, Origin = $"document {index}" };
}
