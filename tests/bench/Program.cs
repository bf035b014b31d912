using MhcPipeline.Bench;
using MhcPipeline.Bench.Folds;
using MhcPipeline.Bench.Inference;
using MhcPipeline.Bench.Kernels;
using MhcPipeline.Bench.Training;
using MhcPipeline.Core;

// One benchmark program a name: `make bench NAME=pipeline`.
IBenchmark[] benchmarks = [new PipelineBenchmark(), new TrainingBenchmark(), new KernelBenchmark(), new FoldBenchmark(), new DecodeBenchmark(), new ThroughputBenchmark(), new ProfileBenchmark()];

string known = string.Join(", ", benchmarks.Select(b => b.Name));
if (args is ["--help" or "-h"])
{
    Console.WriteLine("Runs a benchmark, prints its table and writes artifacts/bench/NAME.json.\n\nUsage: mhc-bench NAME\n");
    foreach (IBenchmark benchmark in benchmarks)
        Console.WriteLine($"  {benchmark.Name,-12} {benchmark.Description}");
    return 0;
}
if (args is [StepMemory.Argument, string setting, string connection, string recompute])
{
    StepMemory.Run(setting, connection, bool.Parse(recompute)); // a process that the training benchmark measures
    return 0;
}
if (args is not [string name] || benchmarks.FirstOrDefault(b => b.Name == name) is not { } chosen)
{
    Console.Error.WriteLine($"Usage: mhc-bench NAME, where NAME is one of: {known}");
    return 2;
}
try
{
    BenchReport report = chosen.Run();
    report.Print();
    Console.WriteLine($"Wrote {report.Save()}");
    return 0;
}
catch (PipelineException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
