using Xunit;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>A test of the plug-in library: skipped, with the reason, where it could not be built.</summary>
internal sealed class PluginFactAttribute : FactAttribute
{
    public PluginFactAttribute()
    {
        if (File.Exists(Library))
            return;
        string log = Path.Combine(RepositoryFiles.Root, "artifacts", "plugin.log");
        string? error = File.Exists(log) ? File.ReadLines(log).FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) : null;
        Skip = error is null ? $"{Library} is not there: dotnet publish plugin -c Release -o artifacts/plugin builds it, as make plugin does" : $"The plug-in cannot be built on this machine: {error}";
    }

    public static string Library { get; } = Path.Combine(RepositoryFiles.Root, "artifacts", "plugin", OperatingSystem.IsWindows() ? "mhc-operators.dll" : OperatingSystem.IsMacOS() ? "mhc-operators.dylib" : "mhc-operators.so");
}
