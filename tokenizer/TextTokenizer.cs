using System.Buffers;
using System.Text;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Core.Text;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Pieces;
using Microsoft.ML.Tokenizers;

namespace MhcPipeline.Tokenization;

/// <summary>
/// Byte-level BPE from a tokenizer.json: text to token ids and back. Every Unicode text and every byte sequence comes back as it was.
/// Safe for concurrent use.
/// </summary>
/// <remarks>
/// <see cref="Encode"/> never makes a special token: the string <c>&lt;|im_end|&gt;</c> inside a text is text, so no input can forge a chat turn.
/// Only <see cref="EncodeWithSpecialTokens"/> does, for prompts that their author writes as a whole. Added tokens that are not special
/// (tokenizers of others have some, such as <c>&lt;think&gt;</c>) are part of the text and made by both.
/// Added tokens that take white space along do not give it back.
/// A lone surrogate, which no UTF-8 can express, is encoded as U+FFFD.
/// </remarks>
public sealed class TextTokenizer
{
    private readonly BpeTokenizer _encoder;
    private readonly BpeTokenizer _decoder;
    private readonly ReadOnlyMemory<byte>[] _bytes;
    private readonly int[] _idOfByte = new int[256];
    private readonly bool[] _isSpecial;
    private readonly bool[] _isAdded;
    private readonly Dictionary<string, int> _added;
    private readonly AddedTokenSplitter _ofText;
    private readonly AddedTokenSplitter _ofPrompts;
    private readonly string _origin;
    private readonly string? _endOfText;

    private TextTokenizer(TokenizerDefinition definition, string origin, string? endOfText)
    {
        _origin = origin;
        _endOfText = endOfText;
        Fingerprint = definition.Fingerprint();
        _added = definition.AddedTokens.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
        _bytes = CollectBytes(definition);
        _isSpecial = new bool[_bytes.Length];
        _isAdded = new bool[_bytes.Length];
        foreach (AddedToken token in definition.AddedTokens)
            (_isAdded[token.Id], _isSpecial[token.Id]) = (true, token.IsSpecial);
        _ofText = new AddedTokenSplitter(definition.AddedTokens.Where(token => !token.IsSpecial));
        _ofPrompts = new AddedTokenSplitter(definition.AddedTokens);
        for (int b = 0; b < 256; b++)
            _idOfByte[b] = definition.Vocabulary[ByteAlphabet.CharOf((byte)b).ToString()];
        _decoder = BpeTokenizer.Create(Options(definition));
        _encoder = definition.IgnoreMerges ? WithWholePieces(definition) : _decoder;
    }

    /// <summary>Changes with what text becomes which ids: a model understands one such tokenizer.</summary>
    public string Fingerprint { get; }

    /// <summary>Number of ids: one more than the largest.</summary>
    public int VocabSize => _bytes.Length;

    /// <summary>The id of <c>&lt;|endoftext|&gt;</c>, or in tokenizers of others of the end-of-sequence token that their tokenizer_config.json names.</summary>
    /// <exception cref="PipelineException">The tokenizer has none.</exception>
    public int EndOfTextId => _added.TryGetValue(SpecialTokens.EndOfText, out int id) ? id
        : _endOfText is not null ? Added(_endOfText, "the end of a text") : Added(SpecialTokens.EndOfText, "the end of a text");

    /// <summary>The id of <c>&lt;|im_start|&gt;</c>.</summary>
    /// <exception cref="PipelineException">The tokenizer has none, so it is not made for ChatML.</exception>
    public int ImStartId => Added(SpecialTokens.ImStart, "chat");

    /// <summary>The id of <c>&lt;|im_end|&gt;</c>.</summary>
    /// <exception cref="PipelineException">The tokenizer has none, so it is not made for ChatML.</exception>
    public int ImEndId => Added(SpecialTokens.ImEnd, "chat");

    /// <summary>True if the tokenizer has the tokens of ChatML.</summary>
    public bool SupportsChat => _added.ContainsKey(SpecialTokens.ImStart) && _added.ContainsKey(SpecialTokens.ImEnd);

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="folderOrTokenizerJson">A run folder or another folder with a tokenizer.json, or that file itself.</param>
    /// <exception cref="PipelineException">The file is missing, or not a byte-level BPE that is whole and consistent.</exception>
    public static TextTokenizer Load(string folderOrTokenizerJson)
    {
        ArgumentException.ThrowIfNullOrEmpty(folderOrTokenizerJson);
        string path = Directory.Exists(folderOrTokenizerJson) ? Path.Combine(folderOrTokenizerJson, "tokenizer.json") : folderOrTokenizerJson;
        if (!File.Exists(path))
            throw new PipelineException($"There is no tokenizer {path}; run `{new RunFolder(Path.GetDirectoryName(path)!).Make("tokenizer")}` first.");
        string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "tokenizer_config.json");
        return new TextTokenizer(TokenizerJsonReader.Read(path), path, ReadEndOfText(config));
    }

    /// <summary>A tokenizer that is not in a file (yet).</summary>
    /// <param name="definition">Vocabulary, merges and added tokens.</param>
    public static TextTokenizer Create(TokenizerDefinition definition) => new(definition, "The tokenizer", null);

    /// <summary>Refuses weights that were trained with another tokenizer. Those of other programs do not say with which.</summary>
    /// <param name="weightsFile">For the message.</param>
    /// <param name="metadata">Of the weights, see <see cref="WeightsRecord"/>.</param>
    /// <exception cref="PipelineException">They are of another tokenizer.</exception>
    public void RequireTrainedWith(string weightsFile, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.TryGetValue(WeightsRecord.Tokenizer, out string? trained) && trained != Fingerprint)
            throw new PipelineException($"{weightsFile} was trained with another tokenizer than {_origin}, whose tokens mean nothing to it. Put the run's tokenizer.json and tokenizer_config.json back, or train the run anew.");
    }

    /// <summary>True if the id is of a special token: no part of the text.</summary>
    public bool IsSpecial(int id) => (uint)id < (uint)_isSpecial.Length && _isSpecial[id];

    /// <summary>Encodes text; special tokens inside it are plain text.</summary>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _ofText.IsEmpty ? EncodePlain(text) : EncodeParts(text, _ofText);
    }

    /// <summary>Encodes a prompt in which the names of special tokens, such as <c>&lt;|im_start|&gt;</c>, stand for these tokens. Not for text of others.</summary>
    public int[] EncodeWithSpecialTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EncodeParts(text, _ofPrompts);
    }

    /// <summary>Encodes a raw prompt as <see cref="EncodeWithSpecialTokens"/> does. An empty one is the start of a document, which the end of the one before it marks.</summary>
    /// <exception cref="PipelineException">The prompt is empty and the tokenizer has no end-of-text token.</exception>
    public int[] EncodePrompt(string text) => text.Length == 0 ? [EndOfTextId] : EncodeWithSpecialTokens(text);

    /// <summary>How many ids <see cref="Encode"/> would return.</summary>
    public int CountTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return !_ofText.IsEmpty ? Encode(text).Length : text.Length == 0 ? 0 : _encoder.CountTokens(WithoutLoneSurrogates(text));
    }

    /// <summary>Encodes bytes: UTF-8 as <see cref="Encode"/> does its text, every byte that is not part of valid UTF-8 as the token of that byte.</summary>
    public int[] EncodeBytes(ReadOnlySpan<byte> bytes)
    {
        var ids = new List<int>(bytes.Length / 3 + 1);
        while (!bytes.IsEmpty)
        {
            int valid = ValidPrefix(bytes, out int invalid);
            if (valid > 0)
                ids.AddRange(Encode(Encoding.UTF8.GetString(bytes[..valid])));
            foreach (byte b in bytes.Slice(valid, invalid))
                ids.Add(_idOfByte[b]);
            bytes = bytes[(valid + invalid)..];
        }
        return [.. ids];
    }

    /// <summary>Encodes a conversation with <see cref="ChatTemplate"/>.</summary>
    /// <param name="turns">The turns, oldest first.</param>
    /// <param name="addGenerationPrompt">True to end with the start of an assistant's turn, for the model to go on.</param>
    /// <exception cref="PipelineException">The tokenizer has no chat tokens, or a turn no usable role.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt) => ChatTemplate.Encode(this, turns, addGenerationPrompt);

    /// <summary>The text of ids. Bytes that are not UTF-8 become U+FFFD; ids without a token are skipped.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecial">False to spell special tokens out.</param>
    public string Decode(IReadOnlyList<int> ids, bool skipSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        var plain = new List<int>(ids.Count);
        foreach (int id in ids)
        {
            if (!IsAdded(id))
            {
                plain.Add(id);
            }
            else if (!skipSpecial || !IsSpecial(id))
            {
                text.Append(_decoder.Decode(plain)).Append(Encoding.UTF8.GetString(_bytes[id].Span));
                plain.Clear();
            }
        }
        return text.Append(_decoder.Decode(plain)).ToString();
    }

    /// <summary>The bytes that an id stands for: part of a UTF-8 text, or a special token's name. Empty for an id without a token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative.</exception>
    public ReadOnlyMemory<byte> TokenBytes(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        return id < _bytes.Length ? _bytes[id] : default;
    }

    /// <summary>A decoder that takes ids one by one.</summary>
    /// <param name="skipSpecial">False to spell special tokens out.</param>
    public StreamingDecoder CreateStreamingDecoder(bool skipSpecial = true) => new(this, skipSpecial);

    private int[] EncodePlain(string text) => text.Length == 0 ? [] : [.. _encoder.EncodeToIds(WithoutLoneSurrogates(text))];

    private int[] EncodeParts(string text, AddedTokenSplitter tokens)
    {
        var ids = new List<int>();
        foreach ((string part, int id) in tokens.Split(text))
        {
            if (id >= 0)
                ids.Add(id);
            else
                ids.AddRange(EncodePlain(part));
        }
        return [.. ids];
    }

    internal bool IsAdded(int id) => (uint)id < (uint)_isAdded.Length && _isAdded[id];

    private int Added(string content, string purpose) => _added.TryGetValue(content, out int id)
        ? id
        : throw new PipelineException($"{_origin} has no token {content}, which {purpose} needs; use a tokenizer made by `make tokenizer`.");

    private static ReadOnlyMemory<byte>[] CollectBytes(TokenizerDefinition definition)
    {
        int size = 1 + Math.Max(definition.Vocabulary.Values.Max(), definition.AddedTokens.Select(token => token.Id).DefaultIfEmpty().Max());
        var bytes = new ReadOnlyMemory<byte>[size];
        foreach ((string spelled, int id) in definition.Vocabulary)
            bytes[id] = ByteAlphabet.TryUnspell(spelled, out byte[] token) ? token : Encoding.UTF8.GetBytes(spelled);
        foreach (AddedToken added in definition.AddedTokens)
            bytes[added.Id] = Encoding.UTF8.GetBytes(added.Content);
        return bytes;
    }

    private static BpeOptions Options(TokenizerDefinition definition) => new(definition.Vocabulary)
    {
        Merges = definition.Merges,
        PreTokenizer = new PieceSplitter(PiecePattern.Compile(definition.Pattern)),
        ByteLevel = true,
    };

    /// <summary>
    /// ignore_merges (Llama 3): tokens that merges do not reach are found because the library compares whole pieces with its special tokens.
    /// Only the encoder has them, so decoding stays by bytes.
    /// </summary>
    private BpeTokenizer WithWholePieces(TokenizerDefinition definition)
    {
        var whole = new Dictionary<string, int>(StringComparer.Ordinal);
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: false);
        foreach ((string spelled, int id) in definition.Vocabulary)
        {
            string text = strict.GetString(_bytes[id].Span);
            if (spelled.Length < 2 || IsAdded(id) || !strict.GetBytes(text).AsSpan().SequenceEqual(_bytes[id].Span))
                continue;
            if (_decoder.EncodeToIds(text, considerPreTokenization: false) is not [int only] || only != id)
                whole.Add(text, id);
        }
        if (whole.Count == 0)
            return _decoder;
        BpeOptions options = Options(definition);
        options.SpecialTokens = whole;
        return BpeTokenizer.Create(options);
    }

    private static string WithoutLoneSurrogates(string text)
    {
        int first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0)
            return text;
        for (int i = first; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            i++;
        }
        return text;
    }

    /// <summary>Bytes of valid UTF-8 at the start, and bytes after them that no UTF-8 begins with.</summary>
    private static int ValidPrefix(ReadOnlySpan<byte> bytes, out int invalid)
    {
        int valid = 0;
        while (valid < bytes.Length)
        {
            if (Rune.DecodeFromUtf8(bytes[valid..], out _, out int consumed) != OperationStatus.Done)
            {
                invalid = consumed;
                return valid;
            }
            valid += consumed;
        }
        invalid = 0;
        return valid;
    }

    /// <summary>The end-of-sequence token of a tokenizer_config.json: a string, or an object with its content.</summary>
    private static string? ReadEndOfText(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("eos_token", out JsonElement token))
                return null;
            if (token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out JsonElement content))
                token = content;
            return token.ValueKind == JsonValueKind.String ? token.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message} Train the tokenizer again with `make tokenizer`.", e);
        }
    }
}
