namespace MhcPipeline.Architecture.Tests.Examples.Used;

/// <summary>What the examples use.</summary>
internal class Thing
{
    public static int Count => 1;
}
