using MhcPipeline.Core.Text;
using MhcPipeline.Data.Files;

namespace MhcPipeline.Data.Formats;

/// <summary>Reads a plain text file as documents in pieces.</summary>
internal static class PlainText
{
    /// <summary>Longest piece in one item, in bytes of UTF-8.</summary>
    internal const int MaxPieceBytes = 1 << 20;

    private const string DocumentEnd = "<|endoftext|>";

    internal static IEnumerable<TextItem> Read(ByteLines lines)
    {
        // One piece is held back: only the next one tells whether its document goes on.
        TextItem? held = null;
        while (true)
        {
            long line = lines.Line;
            string? piece = Next(lines, line);
            if (piece is null)
                break;
            bool first = true;
            foreach ((string text, long offset) in Documents(piece))
            {
                // The first part carries on what was held back; every later part begins after a separator.
                if (held is { Text.Length: > 0 })
                    yield return held with { Continues = first && text.Length > 0 };
                held = new TextItem { Text = text, Origin = $"{lines.Path}:{line + offset}" };
                first = false;
            }
        }
        if (held is { Text.Length: > 0 })
            yield return held;
    }

    private static string? Next(ByteLines lines, long line)
    {
        ReadOnlySpan<byte> bytes = lines.ReadPiece(MaxPieceBytes);
        return bytes.IsEmpty ? null : StrictUtf8.Decode(bytes, lines.Path, line);
    }

    /// <summary>The text between separator lines, with the number of lines before each; the first and last may be empty.</summary>
    private static IEnumerable<(string Text, long LinesBefore)> Documents(string piece)
    {
        int start = 0, search = 0;
        long line = 0, startLine = 0;
        while (piece.IndexOf(DocumentEnd, search, StringComparison.Ordinal) is >= 0 and int at)
        {
            int after = at + DocumentEnd.Length;
            bool wholeLine = (at == 0 || piece[at - 1] == '\n')
                && (after == piece.Length || piece[after] == '\n' || (piece[after] == '\r' && after + 1 < piece.Length && piece[after + 1] == '\n'));
            line += piece.AsSpan(search, after - search).Count('\n');
            search = after;
            if (!wholeLine)
                continue;
            yield return (piece[start..at], startLine);
            int newline = piece.IndexOf('\n', after);
            start = search = newline < 0 ? piece.Length : newline + 1;
            line += newline < 0 ? 0 : 1;
            startLine = line;
        }
        yield return (piece[start..], startLine);
    }
}
