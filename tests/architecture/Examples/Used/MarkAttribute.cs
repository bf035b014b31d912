namespace MhcPipeline.Architecture.Tests.Examples.Used;

/// <summary>An attribute that an example has.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MarkAttribute : Attribute;
