using MhcPipeline.Bench;
using MhcPipeline.Bench.Folds;
using MhcPipeline.Bench.Inference;
using MhcPipeline.Bench.Kernels;
using MhcPipeline.Bench.Training;
using MhcPipeline.Core.Programs;

// One benchmark program a name: `make bench NAME=pipeline`.
IBenchmark[] benchmarks = [new PipelineBenchmark(), new TrainingBenchmark(), new KernelBenchmark(), new FoldBenchmark(), new DecodeBenchmark(), new ThroughputBenchmark(), new ConstraintBenchmark(), new ProfileBenchmark()];

string known = string.Join(", ", benchmarks.Select(b => b.Name));
if (args is ["--help" or "-h"])
{
    Console.WriteLine("Runs a benchmark, prints its table and writes artifacts/bench/NAME.json.\n\nUsage: mhc-bench NAME\n");
    foreach (IBenchmark benchmark in benchmarks)
        Console.WriteLine($"  {benchmark.Name,-12} {benchmark.Description}");
    return ExitCode.Done;
}
if (args is not ([StepMemory.Argument, _, _, _] or [_]) || (args is [string wanted] && benchmarks.All(b => b.Name != wanted)))
{
    Console.Error.WriteLine($"mhc-bench: name one of: {known}");
    return ExitCode.WrongUsage;
}
return await new PipelineProgram("mhc-bench").RunAsync(_ =>
{
    if (args is [StepMemory.Argument, string setting, string connection, string recompute])
    {
        StepMemory.Run(setting, connection, bool.Parse(recompute)); // a process that the training benchmark measures
        return Task.FromResult(ExitCode.Done);
    }
    BenchReport report = benchmarks.Single(b => b.Name == args[0]).Run();
    report.Print();
    Console.WriteLine($"Wrote {report.Save()}");
    return Task.FromResult(ExitCode.Done);
});
