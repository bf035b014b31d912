using Mono.Cecil;
using Xunit;

namespace MhcPipeline.Architecture.Tests;

public sealed class StageTests
{
    private const string Core = "MhcPipeline.Core", Data = "MhcPipeline.Data", Tokenizer = "mhc-tokenizer", Train = "mhc-train", Export = "mhc-export";
    private const string Constraints = "MhcPipeline.Constraints", Engine = "MhcPipeline.Engine", Serve = "mhc-serve", Client = "MhcPipeline.Client", Connector = "MhcPipeline.Connector", OrderDesk = "OrderDesk";

    /// <summary>Which of the product's assemblies may use which: core is everybody's, data, the tokenizer, the engine and the client are also libraries (docs/architecture.md).</summary>
    private static readonly Dictionary<string, string[]> _sees = new()
    {
        [Core] = [],
        [Data] = [Core],
        [Tokenizer] = [Core, Data],
        [Train] = [Core, Data, Tokenizer],
        [Constraints] = [Core],
        [Engine] = [Core, Tokenizer, Constraints],
        [Export] = [Core, Tokenizer, Engine],
        [Serve] = [Core, Tokenizer, Constraints, Engine],
        [Client] = [],
        [Connector] = [Core, Tokenizer, Engine, Client],
        [OrderDesk] = [Core, Engine, Client, Connector],
    };

    /// <summary>Of the assemblies that are shared, the namespaces that are for others; core is for others as a whole.</summary>
    private static readonly Dictionary<string, string[]> _shown = new()
    {
        [Data] = ["MhcPipeline.Data", "MhcPipeline.Data.Files"],
        [Tokenizer] = ["MhcPipeline.Tokenization"],
        [Constraints] = ["MhcPipeline.Constraints", "MhcPipeline.Constraints.Vocabularies"],
        [Engine] = ["MhcPipeline.Engine", "MhcPipeline.Engine.Answers", "MhcPipeline.Engine.Contract", "MhcPipeline.Engine.Operators"],
        [Client] = ["MhcPipeline.Client", "MhcPipeline.Client.Contract"],
        [Connector] = ["MhcPipeline.Connector", "MhcPipeline.Connector.Documents", "MhcPipeline.Connector.Plugins", "MhcPipeline.Connector.SemanticKernel"],
    };

    /// <summary>What an assembly must do without, itself and through the assemblies of ours that it uses.</summary>
    private static readonly Dictionary<string, string[]> _without = new()
    {
        [Core] = ["TorchSharp", "Microsoft.ML", "Microsoft.AspNetCore", "Microsoft.Extensions.AI", "Microsoft.SemanticKernel"],
        [Data] = ["TorchSharp", "Microsoft.ML", "Microsoft.AspNetCore"],
        [Tokenizer] = ["TorchSharp", "Microsoft.ML.OnnxRuntime", "Microsoft.AspNetCore"],
        [Train] = ["Microsoft.ML.OnnxRuntime", "Microsoft.AspNetCore"],
        [Export] = ["TorchSharp", "Microsoft.AspNetCore"],
        [Constraints] = ["TorchSharp", "Microsoft.ML", "Microsoft.AspNetCore", "Microsoft.Extensions.AI", "Microsoft.SemanticKernel"],
        [Engine] = ["TorchSharp", "Microsoft.AspNetCore", "Microsoft.Extensions.AI", "Microsoft.SemanticKernel"],
        [Serve] = ["TorchSharp"],
        [Client] = ["TorchSharp", "Microsoft.ML", "Microsoft.AspNetCore", "Microsoft.SemanticKernel"],
        [Connector] = ["TorchSharp", "Microsoft.AspNetCore"],
        [OrderDesk] = ["TorchSharp"],
    };

    public static TheoryData<string> Assemblies => [.. _sees.Keys];

    [Fact]
    public void The_product_is_these_assemblies() =>
        Assert.Equal(_sees.Keys.Order(), SourceFile.All.Where(file => !file.Path.StartsWith("tests", StringComparison.Ordinal)).Select(file => file.Namespace).OfType<string>().Distinct()
            .SelectMany(name => ScannedAssemblies.All.Values.Where(module => module.Types.Any(type => type.Namespace == name))).Select(module => module.Assembly.Name.Name).Distinct().Order());

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_stage_uses_only_what_is_shared(string assembly) =>
        Assert.Empty(Uses(assembly).Where(use => !_sees[assembly].Contains(use.UsedAssembly)).Select(Said).Distinct());

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_stage_does_not_see_another_s_insides(string assembly) =>
        Assert.Empty(Uses(assembly).Where(use => _shown.TryGetValue(use.UsedAssembly, out string[]? shown) && !shown.Contains(use.Used.Namespace)).Select(Said).Distinct());

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_stage_shows_internals_to_tests_alone(string assembly) =>
        Assert.DoesNotContain(
            ScannedAssemblies.All[assembly].Assembly.CustomAttributes
                .Where(attribute => attribute.AttributeType.Name == "InternalsVisibleToAttribute")
                .Select(attribute => (string)attribute.ConstructorArguments[0].Value),
            _sees.ContainsKey);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_stage_does_without_the_libraries_of_others(string assembly) =>
        Assert.DoesNotContain(References(assembly), name => _without[assembly].Any(unwanted => name == unwanted || name.StartsWith(unwanted + '.', StringComparison.Ordinal)));

    private static IEnumerable<TypeUse> Uses(string assembly) =>
        ScannedAssemblies.All[assembly].Types.SelectMany(TypeUses.Of).Where(use => use.UsedAssembly != assembly);

    private static string Said(TypeUse use) => $"{use.User.FullName} uses {use.Used.FullName} of {use.UsedAssembly}";

    private static IEnumerable<string> References(string assembly)
    {
        HashSet<string> seen = [];
        Queue<string> ahead = new([assembly]);
        while (ahead.TryDequeue(out string? name))
        {
            foreach (AssemblyNameReference reference in ScannedAssemblies.All[name].AssemblyReferences.Where(reference => seen.Add(reference.Name)))
            {
                if (ScannedAssemblies.All.ContainsKey(reference.Name))
                    ahead.Enqueue(reference.Name);
            }
        }
        return seen;
    }
}
