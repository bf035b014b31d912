namespace MhcPipeline.Core.Operators;

/// <summary>What runs a node on one provider. Any number of threads may run it at once.</summary>
internal interface IMixingOperator : IDisposable
{
    /// <summary>Runs the node.</summary>
    /// <exception cref="PipelineException">An input has the wrong shape, or the provider's kernels fail.</exception>
    void Compute(OrtApi api, nint context);
}
