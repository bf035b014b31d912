using MhcPipeline.Fixtures;
using Mono.Cecil;

namespace MhcPipeline.Architecture.Tests;

/// <summary>The compiled projects of the repository, by the names of their assemblies.</summary>
internal static class ScannedAssemblies
{
    public static IReadOnlyDictionary<string, ModuleDefinition> All { get; } =
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "assemblies.txt")).Append(typeof(RepositoryFiles).Assembly.Location)
            .Select(ModuleDefinition.ReadModule).ToDictionary(module => module.Assembly.Name.Name);

    /// <summary>The types of an assembly that people wrote or that a generator wrote into a namespace of ours.</summary>
    public static IEnumerable<TypeDefinition> Types(ModuleDefinition module) => module.Types.Where(type => TypeUses.IsOurs(type.Namespace));
}
