using System.Globalization;

namespace MhcPipeline.GpuCheck.Results;

/// <summary>What a set of checks found.</summary>
/// <param name="Name">Of the set.</param>
/// <param name="Passed">How many checks were right.</param>
/// <param name="NotRun">How many there was no time for.</param>
/// <param name="Failures">A line each.</param>
internal sealed record Verdict(string Name, int Passed, int NotRun, IReadOnlyList<string> Failures)
{
    /// <summary>"kernels: 12 passed, 0 failed, 3 not run".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {Passed} passed, {Failures.Count} failed{(NotRun > 0 ? $", {NotRun} not run" : "")}");
}
