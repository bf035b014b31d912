using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>Requests that wait for a slot, first come first served, at most <c>capacity</c> of them.</summary>
internal sealed class RequestQueue(int capacity)
{
    private readonly LinkedList<Sequence> _waiting = new();
    private int _freeSlots;
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_waiting)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Slots that the scheduler can fill: requests for them do not count as waiting.</summary>
    public void ReportFreeSlots(int count)
    {
        lock (_waiting)
        {
            _freeSlots = count;
        }
    }

    /// <summary>Lets all of them in, though they may be more than there is room for, or none.</summary>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="ObjectDisposedException">The engine closed down.</exception>
    public void Add(IEnumerable<Sequence> sequences)
    {
        lock (_waiting)
        {
            if (_closed)
            {
                throw new ObjectDisposedException("InferenceEngine");
            }
            if (_waiting.Count >= capacity + _freeSlots)
            {
                throw new EngineBusyException(_waiting.Count);
            }
            foreach (Sequence sequence in sequences)
            {
                _waiting.AddLast(sequence);
            }
            Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Takes a sequence that gave up waiting out of the queue; false where it has left it already.</summary>
    public bool Remove(Sequence sequence)
    {
        lock (_waiting)
        {
            return _waiting.Remove(sequence);
        }
    }

    /// <summary>Waits for a request; false once the queue is closed.</summary>
    public bool Wait()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_closed)
            {
                Monitor.Wait(_waiting);
            }
            return !_closed;
        }
    }

    /// <summary>The next one, or null.</summary>
    public Sequence? Take()
    {
        lock (_waiting)
        {
            Sequence? first = _waiting.First?.Value;
            if (first is not null)
            {
                _waiting.RemoveFirst();
                _freeSlots = Math.Max(0, _freeSlots - 1);
            }
            return first;
        }
    }

    /// <summary>Refuses requests from now on and wakes the scheduler.</summary>
    public void Close()
    {
        lock (_waiting)
        {
            _closed = true;
            Monitor.PulseAll(_waiting);
        }
    }
}
