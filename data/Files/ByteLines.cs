using System.IO.Compression;
using MhcPipeline.Core;

namespace MhcPipeline.Data.Files;

/// <summary>
/// The bytes of a file, decompressed if its name ends in .gz, read through one growing buffer and handed out up to a line's end.
/// </summary>
internal sealed class ByteLines : IDisposable
{
    private const int ReadBytes = 1 << 16;
    private readonly FileStream _file;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[2 * ReadBytes];
    private int _start;
    private int _end;
    private bool _ended;

    internal ByteLines(string path)
    {
        Path = path;
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, ReadBytes, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
        // A truncated gzip file is an error only with the switch System.IO.Compression.UseStrictValidation (Directory.Build.props).
        bool compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        _stream = compressed ? new GZipStream(_file, CompressionMode.Decompress) : _file;
    }

    internal string Path { get; }

    /// <summary>Number of the line at which the next bytes begin, from 1.</summary>
    internal long Line { get; private set; } = 1;

    /// <summary>Bytes of the file on disk read so far.</summary>
    internal long BytesRead => _file.Position;

    /// <summary>The first bytes, at most 4 KiB, without UTF-8's byte-order mark, which is skipped; nothing else is read by it.</summary>
    internal ReadOnlySpan<byte> Head()
    {
        while (_end - _start < 4096 && Fill())
        {
        }
        if (_buffer.AsSpan(_start, _end - _start).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            _start += 3;
        return _buffer.AsSpan(_start, Math.Min(4096, _end - _start));
    }

    /// <summary>Skips white space as JSON has it and tells the byte that follows, which stays; -1 at the end.</summary>
    internal int PeekVisible()
    {
        while (true)
        {
            ReadOnlySpan<byte> have = _buffer.AsSpan(_start, _end - _start);
            int visible = have.IndexOfAnyExcept(" \t\r\n"u8);
            Skip(visible < 0 ? have.Length : visible);
            if (visible >= 0)
                return _buffer[_start];
            if (!Fill())
                return -1;
        }
    }

    /// <summary>Skips bytes that were peeked at.</summary>
    internal void Skip(int count)
    {
        Line += _buffer.AsSpan(_start, count).Count((byte)'\n');
        _start += count;
    }

    /// <summary>The next bytes that make a whole, valid until the next call.</summary>
    /// <param name="length">How many of the bytes given make it, or -1 if it takes more; the flag says that there are no more.</param>
    /// <param name="maxBytes">The longest that is read.</param>
    /// <exception cref="PipelineException">It is longer than <paramref name="maxBytes"/>.</exception>
    internal ReadOnlySpan<byte> ReadWhole(Func<ReadOnlySpan<byte>, bool, int> length, int maxBytes)
    {
        while (true)
        {
            int have = _end - _start, whole = length(_buffer.AsSpan(_start, have), _ended);
            if (whole > maxBytes || (whole < 0 && have > maxBytes))
                throw new PipelineException($"{Path}:{Line}: the record is longer than {maxBytes >> 20} MiB. Is the list whole?");
            if (whole >= 0)
            {
                ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, whole);
                Skip(whole);
                return bytes;
            }
            // Twice as much each time, so that a long record is not looked through over and over.
            while (_end - _start < 2 * have && Fill())
            {
            }
            if (_end - _start == have)
                Fill();
        }
    }

    /// <summary>The next line without its line break (LF or CR LF), valid until the next call; false at the end.</summary>
    /// <exception cref="PipelineException">The line is longer than <paramref name="maxBytes"/>.</exception>
    internal bool TryReadLine(int maxBytes, out ReadOnlySpan<byte> line)
    {
        int scanned = 0;
        while (true)
        {
            ReadOnlySpan<byte> have = _buffer.AsSpan(_start, _end - _start);
            int newline = have[scanned..].IndexOf((byte)'\n');
            if (newline < 0)
            {
                scanned = have.Length;
                if (scanned > maxBytes)
                    throw new PipelineException($"{Path}:{Line}: the line is longer than {maxBytes >> 20} MiB. Is it one JSON object a line?");
                if (Fill())
                    continue;
                line = have;
                _start = _end;
                return have.Length > 0;
            }
            line = have[..(scanned + newline)];
            _start += line.Length + 1;
            Line++;
            if (line.EndsWith((byte)'\r'))
                line = line[..^1];
            return true;
        }
    }

    /// <summary>
    /// The next bytes up to <paramref name="maxBytes"/>: to the end of the file, else to the last line's end, else to the last space,
    /// else to the last whole character. Empty at the end of the file; valid until the next call.
    /// </summary>
    internal ReadOnlySpan<byte> ReadPiece(int maxBytes)
    {
        while (_end - _start < maxBytes && Fill())
        {
        }
        ReadOnlySpan<byte> piece = _buffer.AsSpan(_start, Math.Min(maxBytes, _end - _start));
        if (piece.Length < _end - _start || !_ended)
        {
            int cut = piece.LastIndexOf((byte)'\n') + 1;
            if (cut == 0)
                cut = piece.LastIndexOf((byte)' ');
            if (cut <= 0)
                cut = WholeCharacters(piece);
            piece = piece[..cut];
        }
        _start += piece.Length;
        Line += piece.Count((byte)'\n');
        return piece;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    /// <summary>Length without a character at the end that was cut; all of it where the end is not UTF-8 anyway.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> piece)
    {
        for (int back = 1; back <= 3 && back < piece.Length; back++)
        {
            byte lead = piece[^back];
            if ((lead & 0xC0) == 0x80)
                continue;
            int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            return length > back ? piece.Length - back : piece.Length;
        }
        return piece.Length;
    }

    private bool Fill()
    {
        if (_ended)
            return false;
        if (_start > 0 && _end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        try
        {
            int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _ended = read == 0;
            return !_ended;
        }
        catch (InvalidDataException e)
        {
            throw new PipelineException($"{Path} is not a whole gzip file (damaged or truncated, near line {Line}): {e.Message} Fetch or compress it again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
    }

    private PipelineException Unreadable(Exception e) => new($"{Path} cannot be read: {e.Message}", e);
}
