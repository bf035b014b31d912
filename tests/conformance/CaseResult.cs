using MhcPipeline.Core;

namespace MhcPipeline.Conformance;

/// <summary>What came of a case: its tensors' errors, or why it could not run.</summary>
/// <param name="Name">The case's file or folder.</param>
/// <param name="Errors">One entry a tensor.</param>
/// <param name="Failure">Set when the case could not run.</param>
public sealed record CaseResult(string Name, IReadOnlyList<TensorError> Errors, string? Failure = null)
{
    /// <summary>True when the case ran and every tensor is within its limit.</summary>
    public bool Passed => Failure is null && Errors.Count > 0 && Errors.All(error => error.Passed);

    /// <summary>Runs a case; what a malformed file causes becomes a failure of the case.</summary>
    public static CaseResult Of(string name, Func<IReadOnlyList<TensorError>> run)
    {
        try
        {
            return new CaseResult(name, run());
        }
        catch (PipelineException e)
        {
            return new CaseResult(name, [], e.Message);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(Passed ? "pass" : "FAIL")}  {Name}  {Failure ?? string.Join("  ", Errors)}";
}
