using System.Reflection;
using TorchSharp.Utils;

namespace TorchSharp;

/// <summary>The name under which a module registers what a field holds.</summary>
public static class FieldInfoExtensionMethods
{
    public static string ComponentName(this FieldInfo field) => field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
}
