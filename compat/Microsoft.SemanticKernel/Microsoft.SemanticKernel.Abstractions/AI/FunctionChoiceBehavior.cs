namespace Microsoft.SemanticKernel;

/// <summary>Present so that settings have the property; function calling is outside this slice, so there is no way to make one.</summary>
public abstract class FunctionChoiceBehavior
{
    internal FunctionChoiceBehavior() { }
}
