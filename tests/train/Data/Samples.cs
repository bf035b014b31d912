using System.Globalization;
using MhcPipeline.Core.Text;
using MhcPipeline.Train.Data;

namespace MhcPipeline.Train.Tests.Data;

/// <summary>Small sources of which every token can be recognised.</summary>
internal static class Samples
{
    /// <summary>Documents of plain text of lengths that vary around <paramref name="length"/>.</summary>
    internal static DataSource Texts(int count, int length = 40) => Source("texts", Enumerable.Range(0, count).Select(i => new TextItem
    {
        Text = string.Create(CultureInfo.InvariantCulture, $"<{i}>").PadRight(length + (i * 7 % 13), (char)('a' + (i % 26))),
        Origin = $"{i}",
    }));

    /// <summary>Conversations: the question <c>q0</c> is answered with <c>[0]</c> after a document of varied length.</summary>
    internal static DataSource Chats(int count, int mostFiller = 40) => Source("chats", Enumerable.Range(0, count).Select(i => new TextItem
    {
        Messages = [new ChatTurn("user", string.Create(CultureInfo.InvariantCulture, $"{new string('.', i * 11 % mostFiller)}q{i}")), new ChatTurn("assistant", string.Create(CultureInfo.InvariantCulture, $"[{i}]"))],
        Origin = $"{i}",
    }));

    internal static DataSource Source(string name, IEnumerable<TextItem> items, string fingerprint = "") => new() { Name = name, Fingerprint = fingerprint, Items = _ => items };

    internal static Dataset Prepare(TemporaryFolder folder, DataSource source, DatasetOptions? options = null) =>
        Dataset.Prepare(folder.Path, source, new ByteEncoder(), options ?? new DatasetOptions { Seed = 1, Threads = 2 });

    /// <summary>The inputs of a row as text, special tokens as <c>|</c>, without padding.</summary>
    internal static string Row(Batch batch, int row) => Text(batch.Inputs.AsSpan(row * batch.Length, batch.Length));

    internal static string Text(ReadOnlySpan<long> ids) => string.Concat(ids.ToArray().Select(id => id >= 256 ? '|' : (char)id)).TrimEnd('|');
}
