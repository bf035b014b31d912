namespace MhcPipeline.Study.Statistics;

/// <summary>How a variant did against another.</summary>
internal enum Outcome
{
    /// <summary>Its loss is lower by more than chance explains.</summary>
    Wins,

    /// <summary>The difference may be chance.</summary>
    Ties,

    /// <summary>Its loss is higher by more than chance explains.</summary>
    Loses,

    /// <summary>Fewer than two seeds that both have.</summary>
    Undecided,
}
