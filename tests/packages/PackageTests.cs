using System.IO.Compression;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Packages.Tests;

public sealed class PackageTests(PackedFolder packed) : IClassFixture<PackedFolder>
{
    [Theory]
    [InlineData("MhcPipeline.Core", "MhcPipeline.Core")]
    [InlineData("MhcPipeline.Tokenizer", "mhc-tokenizer")]
    [InlineData("MhcPipeline.Constraints", "MhcPipeline.Constraints")]
    [InlineData("MhcPipeline.Engine", "MhcPipeline.Engine")]
    [InlineData("MhcPipeline.Client", "MhcPipeline.Client")]
    [InlineData("MhcPipeline.Connector", "MhcPipeline.Connector")]
    public void A_package_has_its_README_licence_symbols_and_documentation(string package, string assembly)
    {
        using ZipArchive archive = ZipFile.OpenRead(Path.Combine(packed.Packages, package + ".0.1.0.nupkg"));
        string[] files = [.. archive.Entries.Select(entry => entry.FullName)];
        Assert.Contains("README.md", files);
        Assert.Contains("LICENSE", files);
        Assert.Contains($"lib/net10.0/{assembly}.dll", files);
        Assert.Contains($"lib/net10.0/{assembly}.xml", files);
        using StreamReader nuspec = new(archive.GetEntry(package + ".nuspec")!.Open());
        string text = nuspec.ReadToEnd();
        Assert.Contains("""<license type="expression">MIT</license>""", text);
        Assert.Contains("<readme>README.md</readme>", text);
        Assert.DoesNotContain("Package Description", text);

        using ZipArchive symbols = ZipFile.OpenRead(Path.Combine(packed.Packages, package + ".0.1.0.snupkg"));
        Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{assembly}.pdb");
    }

    [Fact]
    public async Task The_clients_README_runs_outside_the_repository_without_ONNX_Runtime()
    {
        await using TestServer server = await TestServer.StartAsync("It is order 2525.");
        string code = Assert.Single(Snippets.Of("serve/client/README.md")).Replace("http://127.0.0.1:8080", server.Client.BaseAddress!.ToString(), StringComparison.Ordinal).Replace("\"default\"", "\"scripted\"", StringComparison.Ordinal);
        string folder = packed.Project("outside-client", new Dictionary<string, string> { ["MhcPipeline.Client"] = "0.1.0" }, ("Program.cs", code));
        Assert.Equal("It is order 2525.", PackedFolder.Start(folder).Trim());

        string restored = await File.ReadAllTextAsync(Path.Combine(folder, "obj", "project.assets.json"));
        Assert.Contains("Microsoft.Extensions.AI/", restored);
        Assert.DoesNotContain("OnnxRuntime", restored);
        Assert.DoesNotContain("SemanticKernel", restored);
    }

    [Fact]
    public void The_READMEs_snippet_runs_outside_the_repository_and_all_others_compile()
    {
        string[] others = [.. Snippets.Of("serve/connector/README.md"), .. Snippets.Of("docs/semantic-kernel.md")];
        string readme = Snippets.Of("README.md").First(snippet => snippet.Contains("AddMhcChatCompletion", StringComparison.Ordinal));
        string folder = packed.Project(
            "outside-connector",
            new Dictionary<string, string> { ["MhcPipeline.Connector"] = "0.1.0", ["Microsoft.Agents.AI"] = "1.28.0" },
            [("Program.cs", readme.Replace("runs/default", packed.Run, StringComparison.Ordinal)), .. others.Select((code, i) => ($"Snippet{i}.cs", Snippets.AsClass(code, $"Snippet{i}")))]);
        // Random weights have nothing to say, but they say it.
        Assert.NotEmpty(PackedFolder.Start(folder));
    }
}
