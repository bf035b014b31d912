using MhcPipeline.Conformance;
using MhcPipeline.Core.Programs;
using MhcPipeline.Train.Training;

// `make conformance DIR=folder`: every reference case of a folder, one line each.
if (args is ["--help" or "-h"])
{
    Console.WriteLine("""
        Checks every reference case of a folder: layer and head cases (*.safetensors) with gradients through the training code,
        model cases (folders with config.json, model.safetensors and expected.safetensors) through training and through export and ONNX Runtime.
        Prints a line a case with the largest absolute|relative error of each tensor; relative to the tensor's largest absolute value.

        Usage: mhc-conformance DIR [--device cpu|cuda|cuda:N] [--precision float32|bf16]

        On a GPU, and in bf16 (with limits for its eight bits), the training code alone is checked; kernels where it would take them.
        """);
    return ExitCode.Done;
}
if (args.Length == 0 || args.Length % 2 == 0 || args[0].StartsWith('-') || args.Skip(1).Where((_, i) => i % 2 == 0).Any(option => option is not ("--device" or "--precision")))
{
    Console.Error.WriteLine("mhc-conformance: name one folder: mhc-conformance DIR [--device cpu|cuda|cuda:N] [--precision float32|bf16]");
    return ExitCode.WrongUsage;
}
return await new PipelineProgram("mhc-conformance").RunAsync(stop =>
{
    Dictionary<string, string> options = args.Skip(1).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    var place = Placement.Choose(options.GetValueOrDefault("--device", "cpu"), options.GetValueOrDefault("--precision", Placement.Float32));
    if (place.Missing is { } missing)
        Console.WriteLine(missing);
    int passed = 0, failed = 0;
    foreach (ReferenceCase @case in ReferenceCase.Find(args[0], place.Device, place.Precision))
    {
        stop.ThrowIfCancellationRequested();
        CaseResult result = @case.Run();
        Console.WriteLine(result);
        if (result.Passed)
            passed++;
        else
            failed++;
    }
    Console.WriteLine($"{passed} passed, {failed} failed");
    return Task.FromResult(failed == 0 ? ExitCode.Done : ExitCode.Failed);
});
