using System.Text;

namespace MhcPipeline.Tokenization;

/// <summary>
/// Decodes ids one by one into text of whole characters: bytes of a character that is not complete wait for the next id.
/// All that it returns, joined, is what <see cref="TextTokenizer.Decode"/> returns. For one thread at a time.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly TextTokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private char[] _buffer = new char[64];

    internal StreamingDecoder(TextTokenizer tokenizer, bool skipSpecial)
    {
        _tokenizer = tokenizer;
        _skipSpecial = skipSpecial;
    }

    /// <summary>Takes one id; returns the text that it completes, often empty in scripts whose characters have several bytes.</summary>
    public string Push(int id)
    {
        if (!_tokenizer.IsAdded(id))
            return Convert(_tokenizer.TokenBytes(id).Span, flush: false);
        if (_skipSpecial && _tokenizer.IsSpecial(id))
            return "";
        return Convert([], flush: true) + Encoding.UTF8.GetString(_tokenizer.TokenBytes(id).Span);
    }

    /// <summary>Ends the text: returns U+FFFD if a character was left incomplete, else nothing. The decoder can then be used again.</summary>
    public string Flush() => Convert([], flush: true);

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        int room = Encoding.UTF8.GetMaxCharCount(bytes.Length) + 4;
        if (_buffer.Length < room)
            _buffer = new char[room];
        int length = _decoder.GetChars(bytes, _buffer, flush);
        return length == 0 ? "" : new string(_buffer, 0, length);
    }
}
