namespace MhcPipeline.Architecture.Tests.Examples.Used;

/// <summary>What the examples use.</summary>
internal class Thing : Attribute
{
    public static int Count => 1;
}
