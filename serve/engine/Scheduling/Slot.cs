namespace MhcPipeline.Engine.Scheduling;

/// <summary>One sequence's part of the model's cache: where it is, whose it is, and the tokens whose keys and values it holds.</summary>
internal sealed class Slot(int place, int capacity)
{
    private readonly int[] _tokens = new int[capacity];

    /// <summary>Its index in the model's cache; changes when slots are exchanged.</summary>
    public int Place { get; set; } = place;

    /// <summary>The sequence at work in it; null where what it holds is only kept for prompts that begin alike.</summary>
    public Sequence? Sequence { get; set; }

    /// <summary>When it was last written or copied from, in uses of the table: the smallest is given up first.</summary>
    public long LastUse { get; set; }

    /// <summary>Number of tokens held.</summary>
    public int Length { get; private set; }

    /// <summary>Tokens whose keys and values are in the cache, in order.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Length);

    public void Append(ReadOnlySpan<int> tokens)
    {
        tokens.CopyTo(_tokens.AsSpan(Length));
        Length += tokens.Length;
    }

    public void Append(int token) => _tokens[Length++] = token;

    /// <summary>Forgets all but the first tokens.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>How many tokens it has in common with the start of a prompt.</summary>
    public int CommonPrefix(IReadOnlyList<int> prompt)
    {
        int most = Math.Min(Length, prompt.Count), common = 0;
        while (common < most && _tokens[common] == prompt[common])
        {
            common++;
        }
        return common;
    }
}
