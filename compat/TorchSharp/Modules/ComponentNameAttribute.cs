namespace TorchSharp.Utils;

/// <summary>The name of a field in the module's state, where it differs from the field's own.</summary>
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; } = "";
}
