using MhcPipeline.Engine.Model;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>
/// The loop that owns the model, on a thread of its own: fills free slots from the queue, then moves every running sequence on by one step
/// (a chunk of its prompt, or one token), round and round. Callers and the loop share nothing but the queue and each sequence's channel.
/// </summary>
internal sealed class Scheduler
{
    private readonly ILanguageModel _model;
    private readonly RequestQueue _queue;
    private readonly SequenceStep _step;
    private readonly List<Sequence> _running = [];
    private readonly Stack<int> _freeSlots;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile int _runningCount;

    public Scheduler(ILanguageModel model, RequestQueue queue, SequenceStep step)
    {
        _model = model;
        _queue = queue;
        _step = step;
        _freeSlots = new Stack<int>(Enumerable.Range(0, model.Slots).Reverse());
        _queue.ReportFreeSlots(_freeSlots.Count);
        _thread = new Thread(Loop) { IsBackground = true, Name = "mhc scheduler" };
        _thread.Start();
    }

    public int Running => _runningCount;

    /// <summary>Ends running and waiting sequences as cancelled and waits for the loop to end (at most one step of the model).</summary>
    public Task StopAsync()
    {
        _stopping = true;
        _queue.Close();
        return Task.Run(_thread.Join);
    }

    private void Loop()
    {
        while (!_stopping)
        {
            Admit();
            for (int i = _running.Count - 1; i >= 0; i--)
            {
                Advance(_running[i]);
            }
        }
        foreach (Sequence sequence in _running)
        {
            sequence.Complete(FinishReason.Cancelled);
        }
        while (_queue.Take(wait: false) is { } waiting)
        {
            waiting.Complete(FinishReason.Cancelled);
        }
        _model.Dispose();
    }

    private void Admit()
    {
        while (_freeSlots.Count > 0 && _queue.Take(wait: _running.Count == 0) is { } next)
        {
            next.Slot = _freeSlots.Pop();
            _running.Add(next);
            _runningCount = _running.Count;
            if (_stopping)
            {
                return;
            }
        }
    }

    private void Advance(Sequence sequence)
    {
        bool goesOn;
        try
        {
            goesOn = _step.Run(sequence);
        }
        catch (Exception e)
        {
            sequence.Fail(e); // the caller's to see; the loop serves the others
            goesOn = false;
        }
        if (!goesOn)
        {
            _running.Remove(sequence);
            _runningCount = _running.Count;
            _freeSlots.Push(sequence.Slot);
            _queue.ReportFreeSlots(_freeSlots.Count);
        }
    }
}
