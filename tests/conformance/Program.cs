using MhcPipeline.Conformance;
using MhcPipeline.Core;

// `make conformance DIR=folder`: every reference case of a folder, one line each.
if (args is ["--help" or "-h"])
{
    Console.WriteLine("""
        Checks every reference case of a folder: layer and head cases (*.safetensors) with gradients through the training code,
        model cases (folders with config.json, model.safetensors and expected.safetensors) through training and through export and ONNX Runtime.
        Prints a line a case with the largest absolute|relative error of each tensor; relative to the tensor's largest absolute value.

        Usage: mhc-conformance DIR
        """);
    return 0;
}
if (args is not [string folder])
{
    Console.Error.WriteLine("Usage: mhc-conformance DIR");
    return 2;
}
try
{
    int passed = 0, failed = 0;
    foreach (CaseResult result in ReferenceCase.Find(folder).Select(@case => @case.Run()))
    {
        Console.WriteLine(result);
        if (result.Passed)
            passed++;
        else
            failed++;
    }
    Console.WriteLine($"{passed} passed, {failed} failed");
    return failed == 0 ? 0 : 1;
}
catch (PipelineException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
