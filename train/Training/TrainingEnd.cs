namespace MhcPipeline.Train.Training;

/// <summary>Why training stopped.</summary>
public enum TrainingEnd
{
    /// <summary>All steps are taken or the time budget is spent.</summary>
    Finished,

    /// <summary>It was asked to stop and saved itself; the same command goes on.</summary>
    Stopped,
}
