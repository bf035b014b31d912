using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MhcPipeline.Constraints.Vocabularies;
using MhcPipeline.Core;
using MhcPipeline.Core.Programs;
using MhcPipeline.Fixtures;
using MhcPipeline.Schemas;
using MhcPipeline.Tokenization;
using MhcPipeline.Tokenization.Training;

// `make schemas DIR=folder`: MaskBench's files (github.com/guidance-ai/jsonschemabench, maskbench/data) against our masks.
if (args is not [var folder, .. { Length: < 2 } rest] || !Directory.Exists(folder))
{
    Console.Error.WriteLine("mhc-schemas: name a folder with MaskBench's files, and perhaps a tokenizer: mhc-schemas FOLDER [TOKENIZER]");
    return ExitCode.WrongUsage;
}
return await new PipelineProgram("mhc-schemas").RunAsync(_ =>
{
    string[] paths = [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)];
    if (paths.Length == 0)
        throw new PipelineException($"{folder} has no .json files.");
    TextTokenizer tokenizer = rest is [var given] ? TextTokenizer.Load(given) : Trained(paths);
    var vocabulary = new Vocabulary([.. Enumerable.Range(0, tokenizer.VocabSize).Select(id => tokenizer.IsSpecial(id) ? default : tokenizer.TokenBytes(id))], [tokenizer.EndOfTextId]);
    Console.WriteLine($"{paths.Length} schemas, {vocabulary.Size} tokens");

    foreach (string path in paths.Where((_, i) => i % 200 == 0)) // the first runs of the code are not timed
        new SchemaRun(tokenizer, vocabulary).Run(SchemaCase.Read(path));
    var run = new SchemaRun(tokenizer, vocabulary);
    CaseResult[] results = [.. paths.Select(path => run.Run(SchemaCase.Read(path)))];

    Console.WriteLine($"{"set",-18}{"schemas",8}{"compiled",10}{"strict",8}{"right",8}{"right of tested",17}{"p50 ms",8}{"p99 ms",8}");
    var ratios = new SortedDictionary<string, double>(StringComparer.Ordinal);
    foreach (IGrouping<string, CaseResult> tier in results.GroupBy(result => result.Case.Tier).OrderBy(tier => tier.Key, StringComparer.Ordinal))
    {
        CaseResult[] all = [.. tier], tested = [.. tier.Where(result => result.Case.Instances.Count > 0)];
        float[] compile = [.. all.Select(result => (float)(result.CompileSeconds * 1e3)).Order()];
        double right = Share(all, result => result.IsRight);
        Console.WriteLine($"{tier.Key,-18}{all.Length,8}{Share(all, result => result.Refused is null),10:P1}{Share(all, result => result.IsEnforced),8:P1}{right,8:P1}{Share(tested, result => result.IsRight),17:P1}{At(compile, 0.5),8:F2}{At(compile, 0.99),8:F1}");
        if (tier.Key.StartsWith("Github_", StringComparison.Ordinal))
            ratios[tier.Key["Github_".Length..]] = right;
    }
    float[] masks = [.. run.Masks.Order()], compiles = [.. results.Select(result => (float)(result.CompileSeconds * 1e3)).Order()];
    ratios["mask_average_us"] = masks.Average();
    ratios["mask_p50_us"] = At(masks, 0.5);
    ratios["mask_p99_us"] = At(masks, 0.99);
    ratios["compile_p50_ms"] = At(compiles, 0.5);
    ratios["compile_p99_ms"] = At(compiles, 0.99);
    ratios["unsound"] = results.Count(result => result.IsUnsound);
    Console.WriteLine($"{masks.Length} masks: average {masks.Average():F1} us, p50 {At(masks, 0.5):F1}, p99 {At(masks, 0.99):F1}, longest {masks[^1]:F0}; compile p50 {At(compiles, 0.5):F2} ms, p99 {At(compiles, 0.99):F1}; unsound under strict: {ratios["unsound"]}");

    string bench = Path.Combine(RepositoryFiles.Root, "artifacts", "bench");
    AtomicFile.WriteAllText(Path.Combine(bench, "schemas.json"), JsonSerializer.Serialize(new { name = "schemas", tokens = vocabulary.Size, schemas = results.Length, ratios }, new JsonSerializerOptions { WriteIndented = true }) + "\n");
    AtomicFile.WriteAllText(Path.Combine(bench, "schemas-wrong.txt"), string.Join('\n', results.Where(result => !result.IsRight || result.IsUnsound).Select(result => $"{result.Case.Name}\t{(result.IsUnsound ? "UNSOUND " : "")}{result.Refused ?? string.Join(" | ", result.Wrong)}".ReplaceLineEndings(" "))) + "\n");
    AtomicFile.WriteAllText(Path.Combine(bench, "schemas-slow.txt"), string.Join('\n', results.OrderByDescending(result => result.MaskMicroseconds + (result.CompileSeconds * 1e6)).Take(50).Select(result => FormattableString.Invariant($"{result.Case.Name}\tcompile {result.CompileSeconds * 1e3:F1} ms\tmasks {result.MaskMicroseconds / 1e3:F1} ms"))) + "\n");
    Console.WriteLine($"Wrote {Path.Combine(bench, "schemas.json")} and, beside it, what was wrong and what was slow: schemas-wrong.txt, schemas-slow.txt");
    return Task.FromResult(ExitCode.Done);
});

// A vocabulary of the usual size, trained on the schemas alone, once for a folder.
static TextTokenizer Trained(string[] paths)
{
    string names = string.Join('\n', paths.Select(Path.GetFileName));
    string kept = Path.Combine(RepositoryFiles.Root, "artifacts", "schemas", $"tokenizer-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(names)))[..12]}.json");
    if (!File.Exists(kept))
    {
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        MhcPipeline.Tokenization.Files.TokenizerJsonWriter.Write(kept, new BpeTrainer(32_000, Environment.ProcessorCount).Train(paths.Select(path => SchemaCase.Read(path).Schema)));
    }
    return TextTokenizer.Load(kept);
}

static double Share(CaseResult[] all, Func<CaseResult, bool> which) => all.Length == 0 ? 1 : (double)all.Count(which) / all.Length;

static float At(float[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
