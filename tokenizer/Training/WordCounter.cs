using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MhcPipeline.Tokenization.Pieces;

namespace MhcPipeline.Tokenization.Training;

/// <summary>
/// Counts the pieces of a text of any length on several threads, in bounded memory: about 0.2 GB for the table and as much for the
/// segment in work, whatever the text.
/// </summary>
/// <remarks>
/// The result does not depend on the number of threads: sums do not, and pruning happens only between segments, whose ends the text alone
/// decides. Pruning drops all words seen once, then all seen up to twice, and so on, until the table is half full. A word that returns after
/// it was dropped is counted anew, so only counts of rare words are too low.
/// </remarks>
/// <param name="splitter">Cuts text into pieces.</param>
/// <param name="threads">Threads that cut and count, beside the one that reads.</param>
/// <param name="limits">What bounds the memory; null for the defaults.</param>
public sealed class WordCounter(PieceSplitter splitter, int threads, WordLimits? limits = null)
{
    // Large enough that handing over costs nothing, small enough that the last batch of a segment keeps no thread waiting.
    private const int BatchLength = 1 << 18;

    private readonly WordLimits _limits = limits ?? new WordLimits();
    private readonly Dictionary<string, long> _table = new(StringComparer.Ordinal);
    private long _characters;

    /// <summary>Words dropped so far because the table was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>Counts the words of all texts.</summary>
    /// <param name="texts">The texts, read once; words do not reach from one into the next.</param>
    /// <param name="reading">Called on the reading thread now and then, with the UTF-16 units read so far.</param>
    /// <param name="cancel">Stops the counting.</param>
    /// <returns>Each word and how often it was seen.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IReadOnlyDictionary<string, long> Count(IEnumerable<string> texts, Action<long>? reading = null, CancellationToken cancel = default)
    {
        using IEnumerator<string> source = texts.GetEnumerator();
        long total = 0;
        while (CountSegment(source, read => reading?.Invoke(total + read), cancel) is > 0 and long read)
        {
            total += read;
            Prune();
        }
        return _table;
    }

    /// <summary>Counts texts up to the length of a segment; returns how much it read, 0 at the end.</summary>
    private long CountSegment(IEnumerator<string> source, Action<long> reading, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var batches = new BlockingCollection<List<string>>(boundedCapacity: threads * 2);
        Task<Dictionary<string, long>>[] workers = [.. Enumerable.Range(0, threads).Select(_ => Task.Run(() => Work(batches, stop), CancellationToken.None))];
        long read = 0;
        try
        {
            var batch = new List<string>();
            int length = 0;
            while (read < _limits.SegmentLength && source.MoveNext())
            {
                batch.Add(source.Current);
                length += source.Current.Length;
                read += Math.Max(source.Current.Length, 1);
                if (length < BatchLength)
                    continue;
                batches.Add(batch, stop.Token);
                reading(read);
                batch = [];
                length = 0;
            }
            batches.Add(batch, stop.Token);
            reading(read);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // A worker failed and stopped the others; its exception comes out below.
        }
        catch
        {
            stop.Cancel();
            throw;
        }
        finally
        {
            batches.CompleteAdding();
            ((IAsyncResult)Task.WhenAll(workers)).AsyncWaitHandle.WaitOne();
        }
        foreach (Task<Dictionary<string, long>> worker in workers.OrderBy(worker => !worker.IsFaulted))
            AddUp(worker.GetAwaiter().GetResult());
        return read;
    }

    private Dictionary<string, long> Work(BlockingCollection<List<string>> batches, CancellationTokenSource stop)
    {
        try
        {
            var words = new Dictionary<string, long>(StringComparer.Ordinal);
            var pieces = new List<(int, int)>();
            foreach (List<string> batch in batches.GetConsumingEnumerable(stop.Token))
            {
                foreach (string text in batch)
                {
                    stop.Token.ThrowIfCancellationRequested();
                    CountText(text, pieces, words);
                }
            }
            return words;
        }
        catch
        {
            stop.Cancel();
            throw;
        }
    }

    private void CountText(string text, List<(int Offset, int Length)> pieces, Dictionary<string, long> words)
    {
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        pieces.Clear();
        splitter.Split(text, pieces);
        foreach ((int offset, int length) in pieces)
        {
            ReadOnlySpan<char> rest = text.AsSpan(offset, length);
            while (rest.Length > _limits.WordLength)
            {
                int cut = char.IsHighSurrogate(rest[_limits.WordLength - 1]) ? _limits.WordLength - 1 : _limits.WordLength;
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, rest[..cut], out _)++;
                rest = rest[cut..];
            }
            CollectionsMarshal.GetValueRefOrAddDefault(lookup, rest, out _)++;
        }
    }

    private void AddUp(Dictionary<string, long> words)
    {
        foreach ((string word, long count) in words)
        {
            ref long sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_table, word, out bool known);
            sum += count;
            _characters += known ? 0 : word.Length;
        }
    }

    private void Prune()
    {
        if (_table.Count <= _limits.Words && _characters <= _limits.Characters)
            return;
        for (long rare = 1; _table.Count > _limits.Words / 2 || _characters > _limits.Characters / 2; rare++)
        {
            foreach ((string word, long count) in _table)
            {
                if (count > rare)
                    continue;
                _table.Remove(word);
                _characters -= word.Length;
                Dropped++;
            }
        }
        _table.TrimExcess();
    }
}
