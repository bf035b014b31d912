using MhcPipeline.Engine.Model;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>
/// Keeps the slots in order: first those that decode, then the one whose prompt is being read, then those that are free, of which some still hold
/// what a finished sequence left. So a decode step runs over the places 0 to <see cref="Decoding"/> - 1, one contiguous piece of the cache.
/// Order is kept by exchanging the contents of places, and only when a sequence comes or goes.
/// </summary>
internal sealed class SlotTable
{
    private readonly ILanguageModel _model;
    private readonly Slot[] _slots;
    private readonly bool _keeps;
    private long _uses;

    /// <param name="model">Holds the contents.</param>
    /// <param name="prefixCache">Keeps what finished sequences leave, and looks for prompts' starts in it.</param>
    public SlotTable(ILanguageModel model, bool prefixCache)
    {
        _model = model;
        _keeps = prefixCache;
        _slots = [.. Enumerable.Range(0, model.Slots).Select(place => new Slot(place, model.MaxContext))];
    }

    /// <summary>The slot at a place.</summary>
    public Slot this[int place] => _slots[place];

    /// <summary>Number of slots that decode: places 0 to this - 1.</summary>
    public int Decoding { get; private set; }

    /// <summary>Number of slots with a sequence, the one being prefilled included.</summary>
    public int Active { get; private set; }

    /// <summary>Number of slots without one.</summary>
    public int Free => _slots.Length - Active;

    /// <summary>The slot whose prompt is being read, or null.</summary>
    public Slot? Prefilling => Active > Decoding ? _slots[Decoding] : null;

    /// <summary>
    /// Gives a sequence a free slot, as the one being prefilled (there must be no other). The slot holds as many of the prompt's first tokens as any
    /// slot has, but not the last one of the prompt, which has to be run for its logits.
    /// </summary>
    public Slot Take(Sequence sequence)
    {
        IReadOnlyList<int> prompt = sequence.Request.Prompt;
        Slot? source = null;
        int common = 0;
        foreach (Slot slot in _keeps && !sequence.NeedsPromptLogits ? _slots : [])
        {
            int length = Math.Min(slot.CommonPrefix(prompt), prompt.Count - 1);
            if (length > common)
            {
                (source, common) = (slot, length);
            }
        }
        if (source is not null)
        {
            source.LastUse = ++_uses;
        }
        // What is left over of a text is worth keeping for others, unless it is the smaller part.
        bool inPlace = source is { Sequence: null } && 2 * common >= source.Length;
        Slot taken = inPlace ? source! : LeastRecentlyUsed();
        if (taken == source)
        {
            taken.Truncate(common);
            MoveTo(taken, Active);
        }
        else
        {
            taken.Truncate(0);
            MoveTo(taken, Active);
            if (source is not null)
            {
                _model.Copy(source.Place, taken.Place, common);
                taken.Append(source.Tokens[..common]);
            }
        }
        taken.Sequence = sequence;
        taken.LastUse = ++_uses;
        Active++;
        return taken;
    }

    /// <summary>The prompt is read: the slot decodes from now on.</summary>
    public void StartDecoding() => Decoding++;

    /// <summary>The sequence has ended. The last slots of each kind move up, so that the places stay in order.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="keep">Keeps what the slot holds for prompts that begin alike. Not after an error: it may be anything.</param>
    public void Release(Slot slot, bool keep)
    {
        slot.Sequence = null;
        slot.LastUse = ++_uses;
        if (!keep || !_keeps)
        {
            slot.Truncate(0);
        }
        if (slot.Place < Decoding)
        {
            MoveTo(slot, --Decoding);
        }
        MoveTo(slot, --Active);
    }

    private Slot LeastRecentlyUsed() => _slots.Skip(Active).OrderBy(slot => slot.Length > 0).ThenBy(slot => slot.LastUse).First();

    private void MoveTo(Slot slot, int place)
    {
        Slot other = _slots[place];
        if (other == slot)
        {
            return;
        }
        if (slot.Length == 0)
        {
            CopyAll(other, slot);
        }
        else if (other.Length == 0)
        {
            CopyAll(slot, other);
        }
        else
        {
            _model.Swap(slot.Place, place, Math.Max(slot.Length, other.Length));
        }
        (slot.Place, other.Place) = (place, slot.Place);
        _slots[slot.Place] = slot;
        _slots[other.Place] = other;
    }

    private void CopyAll(Slot from, Slot to)
    {
        if (from.Length > 0)
        {
            _model.Copy(from.Place, to.Place, from.Length);
        }
    }
}
