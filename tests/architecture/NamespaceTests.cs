using Mono.Cecil;
using Xunit;

namespace MhcPipeline.Architecture.Tests;

public sealed class NamespaceTests
{
    [Fact]
    public void No_namespaces_form_a_circle()
    {
        NamespaceGraph graph = new();
        foreach (TypeUse use in ScannedAssemblies.All.Values.SelectMany(ScannedAssemblies.Types).SelectMany(TypeUses.Of))
            graph.Add(use.User.Namespace, use.Used.Namespace, $"{use.User.Name} uses {use.Used.Name}");
        foreach (SourceFile file in SourceFile.All.Where(file => file.Namespace is not null)) // programs stand above all of theirs
        {
            foreach (string used in file.Usings)
                graph.Add(file.Folder, used, $"{Path.GetFileName(file.Path)} has a using");
        }
        // A constant of a namespace around the file's own needs no using, and is a bare value in compiled code.
        foreach (FieldDefinition constant in ScannedAssemblies.All.Values.SelectMany(ScannedAssemblies.Types).Where(type => !type.IsEnum).SelectMany(type => type.Fields).Where(field => field.HasConstant))
        {
            string owner = constant.DeclaringType.Namespace;
            foreach (SourceFile file in SourceFile.All.Where(file => file.Folder.StartsWith(owner + '.', StringComparison.Ordinal) && file.Names(constant.DeclaringType.Name, constant.Name)))
                graph.Add(file.Folder, owner, $"{Path.GetFileName(file.Path)} uses {constant.DeclaringType.Name}.{constant.Name}");
        }

        Assert.Empty(graph.Circles());
    }

    [Fact]
    public void A_file_s_namespace_is_its_folder() =>
        Assert.Empty(SourceFile.All.Where(file => file.Namespace is { } name && name != file.Folder).Select(file => $"{file.Path} says {file.Namespace}, its folder {file.Folder}"));

    [Fact]
    public void Only_programs_and_attributes_of_an_assembly_stand_outside_namespaces() =>
        Assert.Empty(SourceFile.All.Where(file => file.Namespace is null && Path.GetFileName(file.Path) is not ("Program.cs" or "AssemblyInfo.cs")).Select(file => file.Path));

    [Fact]
    public void Every_project_is_looked_at()
    {
        // The native library is core's own source files under another name.
        string[] folders = [.. SourceFile.All.Select(file => file.Path.Split(Path.DirectorySeparatorChar)[0]).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(["core", "data", "export", "plugin", "serve", "tests", "tokenizer", "train"], folders);
        Assert.All(SourceFile.All.Where(file => file.Namespace is not null && !file.Path.StartsWith("plugin", StringComparison.Ordinal) && !file.Path.StartsWith(Path.Combine("tests", "architecture"), StringComparison.Ordinal)).DistinctBy(file => file.Namespace), file =>
            Assert.Contains(ScannedAssemblies.All.Values, module => module.Types.Any(type => type.Namespace == file.Namespace)));
    }
}
