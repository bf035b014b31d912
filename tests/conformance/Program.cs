using MhcPipeline.Conformance;
using MhcPipeline.Core.Programs;

// `make conformance DIR=folder`: every reference case of a folder, one line each.
if (args is ["--help" or "-h"])
{
    Console.WriteLine("""
        Checks every reference case of a folder: layer and head cases (*.safetensors) with gradients through the training code,
        model cases (folders with config.json, model.safetensors and expected.safetensors) through training and through export and ONNX Runtime.
        Prints a line a case with the largest absolute|relative error of each tensor; relative to the tensor's largest absolute value.

        Usage: mhc-conformance DIR
        """);
    return ExitCode.Done;
}
if (args is not [string folder])
{
    Console.Error.WriteLine("mhc-conformance: name one folder: mhc-conformance DIR");
    return ExitCode.WrongUsage;
}
return await new PipelineProgram("mhc-conformance").RunAsync(stop =>
{
    int passed = 0, failed = 0;
    foreach (ReferenceCase @case in ReferenceCase.Find(folder))
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
