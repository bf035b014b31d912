namespace MhcPipeline.Train.Report;

/// <summary>One line of a report's table of facts.</summary>
/// <param name="Group">Heading under which it stands, such as <c>Model</c>; facts of a group follow one another.</param>
/// <param name="Label">What it is.</param>
/// <param name="Value">How much or which.</param>
public sealed record ReportFact(string Group, string Label, string Value);
