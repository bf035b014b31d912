namespace MhcPipeline.GpuCheck.Running;

/// <summary>When work is to end: at a time, or when somebody stops it.</summary>
internal sealed class Deadline
{
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _end;

    /// <param name="time">Tells the time.</param>
    /// <param name="span">From now on.</param>
    /// <param name="stop">Ends it at once.</param>
    public Deadline(TimeProvider time, TimeSpan span, CancellationToken stop)
        : this(time, time.GetUtcNow() + span, stop)
    {
    }

    private Deadline(TimeProvider time, DateTimeOffset end, CancellationToken stop) => (_time, _end, Stop) = (time, end, stop);

    /// <summary>Somebody wants to end now.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Time that is left; zero when there is none.</summary>
    public TimeSpan Left => Stop.IsCancellationRequested || _end <= _time.GetUtcNow() ? TimeSpan.Zero : _end - _time.GetUtcNow();

    /// <summary>Whether work must end.</summary>
    public bool Over => Left == TimeSpan.Zero;

    /// <summary>An earlier end: so much from now on at most.</summary>
    public Deadline Within(TimeSpan most)
    {
        DateTimeOffset end = _time.GetUtcNow() + most;
        return new(_time, end < _end ? end : _end, Stop);
    }
}
