using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Model;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>
/// The thread that owns the model: round after round of the batch, asleep while there is nothing to do. Callers share nothing with it but the
/// queue and each sequence's channel.
/// </summary>
internal sealed class Scheduler
{
    private readonly ILanguageModel _model;
    private readonly RequestQueue _queue;
    private readonly Batch _batch;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public Scheduler(ILanguageModel model, RequestQueue queue, Batch batch)
    {
        _model = model;
        _queue = queue;
        _batch = batch;
        _thread = new Thread(Loop) { IsBackground = true, Name = "mhc scheduler" };
        _thread.Start();
    }

    /// <summary>Ends running and waiting sequences as cancelled and waits for the loop to end (at most one round of the batch).</summary>
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
            if (_batch.Count > 0 || _queue.Wait())
            {
                _batch.Round();
            }
        }
        _batch.Close();
        while (_queue.Take() is { } waiting)
        {
            waiting.Complete(FinishReason.Cancelled);
        }
        _model.Dispose();
    }
}
