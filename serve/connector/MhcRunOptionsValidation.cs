using MhcPipeline.Core;
using Microsoft.Extensions.Options;

namespace MhcPipeline.Connector;

/// <summary>Says whether there is an exported run where the options say; loading it says the rest.</summary>
internal sealed class MhcRunOptionsValidation : IValidateOptions<MhcRunOptions>
{
    public ValidateOptionsResult Validate(string? name, MhcRunOptions options)
    {
        string which = string.IsNullOrEmpty(name) ? "The model" : $"The model '{name}'";
        if (string.IsNullOrWhiteSpace(options.RunFolder))
            return ValidateOptionsResult.Fail($"{which} needs a {nameof(options.RunFolder)}: the folder of an exported run, such as runs/default.");
        RunFolder run = new(options.RunFolder);
        return File.Exists(run.OnnxModel)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{which} has the {nameof(options.RunFolder)} {options.RunFolder}, but there is no {run.OnnxModel}; run `{run.Make("train export")}` first.");
    }
}
