using MhcPipeline.Fixtures;
using Mono.Cecil;

namespace MhcPipeline.Architecture.Tests;

/// <summary>The compiled projects of the repository, by the names of their assemblies.</summary>
internal static class ScannedAssemblies
{
    private static readonly string[] _paths = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "assemblies.txt")), typeof(RepositoryFiles).Assembly.Location];
    private static readonly DefaultAssemblyResolver _resolver = Resolver();

    public static IReadOnlyDictionary<string, ModuleDefinition> All { get; } =
        _paths.Select(path => ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = _resolver })).ToDictionary(module => module.Assembly.Name.Name);

    /// <summary>Finds what the projects' attributes name: beside the projects and the tests, in .NET, and in ASP.NET's framework beside that.</summary>
    private static DefaultAssemblyResolver Resolver()
    {
        var resolver = new DefaultAssemblyResolver();
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string web = Path.Combine(runtime, "..", "..", "Microsoft.AspNetCore.App");
        foreach (string folder in (string[])[.. _paths.Select(path => Path.GetDirectoryName(path)!).Distinct(), AppContext.BaseDirectory, runtime, .. Directory.Exists(web) ? Directory.GetDirectories(web) : []])
            resolver.AddSearchDirectory(folder);
        return resolver;
    }

    /// <summary>The types of an assembly that people wrote or that a generator wrote into a namespace of ours.</summary>
    public static IEnumerable<TypeDefinition> Types(ModuleDefinition module) => module.Types.Where(type => TypeUses.IsOurs(type.Namespace));
}
