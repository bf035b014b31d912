namespace MhcPipeline.Core.Operators;

/// <summary>The operators: one for each place between two sublayers.</summary>
internal enum MixingOperatorKind
{
    /// <summary>Before the first sublayer: all streams are the embedding.</summary>
    Read,

    /// <summary>Behind one sublayer and before the next.</summary>
    WriteRead,

    /// <summary>Behind the last sublayer.</summary>
    End,
}
