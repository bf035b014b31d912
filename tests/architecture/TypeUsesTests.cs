using MhcPipeline.Architecture.Tests.Examples.Users;
using Mono.Cecil;
using Xunit;

namespace MhcPipeline.Architecture.Tests;

public sealed class TypeUsesTests
{
    private static readonly ModuleDefinition _here = ModuleDefinition.ReadModule(typeof(TypeUsesTests).Assembly.Location);

    [Theory]
    [InlineData(nameof(InAttribute))]
    [InlineData(nameof(InAsynchronousMethod))]
    [InlineData(nameof(InBaseType))]
    [InlineData(nameof(InClosure))]
    [InlineData(nameof(InConstraint<>))]
    [InlineData(nameof(InFunctionPointer))]
    [InlineData(nameof(InIterator))]
    [InlineData(nameof(InLocalVariable))]
    [InlineData(nameof(InNestedType))]
    [InlineData(nameof(InTypeArgument))]
    public void A_use_is_found_wherever_it_stands(string user) =>
        Assert.Contains(TypeUses.Of(_here.Types.Single(type => type.Name.Split('`')[0] == user)), use => use.Used.Namespace == "MhcPipeline.Architecture.Tests.Examples.Used");

    [Fact]
    public void A_type_that_uses_nothing_has_no_use() =>
        Assert.Empty(TypeUses.Of(_here.Types.Single(type => type.Name == nameof(InNothing))));

    [Fact]
    public void A_circle_is_found_and_told_with_its_reasons()
    {
        NamespaceGraph graph = new();
        graph.Add("A", "B", "Apple uses Bean");
        graph.Add("B", "C", "Bean uses Carrot");
        graph.Add("C", "A", "Carrot uses Apple");
        graph.Add("C", "D", "Carrot uses Date");

        Assert.Equal("Circle of A, B, C:\n    A -> B: Apple uses Bean\n    B -> C: Bean uses Carrot\n    C -> A: Carrot uses Apple", Assert.Single(graph.Circles()));
    }

    [Fact]
    public void Namespaces_that_stand_on_one_another_are_no_circle()
    {
        NamespaceGraph graph = new();
        graph.Add("A", "B", "");
        graph.Add("A", "C", "");
        graph.Add("B", "C", "");
        graph.Add("C", "C", "");

        Assert.Empty(graph.Circles());
    }
}
