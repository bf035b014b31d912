using System.Text;
using System.Text.Json;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Engine.Answers;

/// <summary>
/// Takes an answer's text as it comes and tells what is said from what is called (<see cref="ToolText"/>). Text that may be the start of a call is
/// held back until it is certain. Between calls, white space is no text. For one answer, and one thread at a time.
/// </summary>
/// <param name="readsCalls">False gives everything as text: the request offers no tools.</param>
public sealed class AnswerReader(bool readsCalls)
{
    private readonly StringBuilder _held = new();
    private State _state;
    private int _calls;
    private int _depth;
    private bool _inString;
    private bool _escaped;

    private enum State
    {
        Text,
        Head,
        Arguments,
        Tail,
    }

    /// <summary>Calls begun so far.</summary>
    public int Calls => _calls;

    /// <summary>Whether a call has begun and not ended: the answer was cut inside it.</summary>
    public bool InsideCall => _state != State.Text;

    /// <summary>Takes the next piece of text.</summary>
    public IReadOnlyList<AnswerPart> Push(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return [];
        }
        if (!readsCalls)
        {
            return [new AnswerPart.Text(text)];
        }
        List<AnswerPart> parts = [];
        _held.Append(text);
        while (Step(parts))
        {
        }
        return parts;
    }

    /// <summary>The text has ended: what was held back is text, unless it is a part of a call.</summary>
    public IReadOnlyList<AnswerPart> Finish()
    {
        string rest = _state == State.Text ? _held.ToString() : "";
        _held.Clear();
        return rest.Length == 0 || (_calls > 0 && string.IsNullOrWhiteSpace(rest)) ? [] : [new AnswerPart.Text(rest)];
    }

    /// <summary>Goes as far as what is held allows; true if there may be more to do.</summary>
    private bool Step(List<AnswerPart> parts) => _held.Length > 0 && _state switch
    {
        State.Text => ReadText(parts),
        State.Head => ReadHead(parts),
        State.Arguments => ReadArguments(parts),
        _ => ReadTail(),
    };

    private bool ReadText(List<AnswerPart> parts)
    {
        string held = _held.ToString();
        int call = held.IndexOf(ToolText.CallBegin, StringComparison.Ordinal);
        // White space before a call, or between two, is no text.
        int certain = held.AsSpan(0, call >= 0 ? call : held.Length - PossibleStart(held)).TrimEnd().Length;
        if (certain > 0)
        {
            parts.Add(new AnswerPart.Text(held[..certain]));
        }
        if (call < 0)
        {
            _held.Remove(0, certain);
            return false;
        }
        _held.Remove(0, call + ToolText.CallBegin.Length);
        _state = State.Head;
        return true;
    }

    /// <summary>How many of the last characters could be the start of a call.</summary>
    private static int PossibleStart(string text)
    {
        int longest = Math.Min(text.Length, ToolText.CallBegin.Length - 1);
        while (longest > 0 && !text.EndsWith(ToolText.CallBegin[..longest], StringComparison.Ordinal))
        {
            longest--;
        }
        return longest;
    }

    /// <summary>Up to the arguments: <c>{"name": "...", "arguments": </c>.</summary>
    private bool ReadHead(List<AnswerPart> parts)
    {
        byte[] held = Encoding.UTF8.GetBytes(_held.ToString());
        var reader = new Utf8JsonReader(held, isFinalBlock: false, default);
        string? name = null;
        try
        {
            bool found = reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.ValueTextEquals("name"u8)
                && reader.Read() && (name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null) is not null
                && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("arguments"u8)
                && reader.Read();
            if (!found)
            {
                return false;
            }
        }
        catch (JsonException)
        {
            return false; // never a call: held until the end
        }
        int start = Encoding.UTF8.GetCharCount(held.AsSpan(0, (int)reader.TokenStartIndex));
        _held.Remove(0, start);
        (_state, _depth, _inString, _escaped) = (State.Arguments, 0, false, false);
        parts.Add(new AnswerPart.CallBegins(_calls++, "call_" + Guid.NewGuid().ToString("N"), name!));
        return true;
    }

    private bool ReadArguments(List<AnswerPart> parts)
    {
        int end = 0;
        bool ended = false;
        while (end < _held.Length && !ended)
        {
            ended = EndsValue(_held[end++]);
        }
        parts.Add(new AnswerPart.Arguments(_calls - 1, _held.ToString(0, end)));
        _held.Remove(0, end);
        _state = ended ? State.Tail : State.Arguments;
        return ended;
    }

    private bool EndsValue(char c)
    {
        if (_inString)
        {
            (_inString, _escaped) = (c != '"' || _escaped, c == '\\' && !_escaped);
            return false;
        }
        switch (c)
        {
            case '"':
                _inString = true;
                return false;
            case '{' or '[':
                _depth++;
                return false;
            case '}' or ']':
                return --_depth <= 0;
            default:
                return false;
        }
    }

    private bool ReadTail()
    {
        int end = _held.ToString().IndexOf(ToolText.CallEnd, StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }
        _held.Remove(0, end + ToolText.CallEnd.Length);
        _state = State.Text;
        return true;
    }
}
