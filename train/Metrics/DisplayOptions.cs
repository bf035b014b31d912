namespace MhcPipeline.Train.Metrics;

/// <summary>What a <see cref="TrainingDisplay"/> says about the run as a whole.</summary>
public sealed record DisplayOptions
{
    /// <summary>Heading, such as the run folder and the model's size.</summary>
    public required string Title { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public required long Steps { get; init; }

    /// <summary>Steps done before this start, when resuming.</summary>
    public long FirstStep { get; init; }

    /// <summary>Time budget, if the run has one: the time left is then the lesser of what steps and budget leave.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Time between two lines where the output is no terminal.</summary>
    public TimeSpan LineEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two drawings on a terminal.</summary>
    public TimeSpan DrawEvery { get; init; } = TimeSpan.FromMilliseconds(200);
}
