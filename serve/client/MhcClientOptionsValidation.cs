using Microsoft.Extensions.Options;

namespace MhcPipeline.Client;

/// <summary>Says what is wrong with the options, all at once.</summary>
internal sealed class MhcClientOptionsValidation : IValidateOptions<MhcClientOptions>
{
    public ValidateOptionsResult Validate(string? name, MhcClientOptions options)
    {
        List<string> wrong = [];
        string which = string.IsNullOrEmpty(name) ? "The model's client" : $"The model's client '{name}'";
        if (options.Endpoint is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            wrong.Add($"{which} needs an {nameof(options.Endpoint)}, an http or https address such as http://127.0.0.1:8080, but has {(options.Endpoint is null ? "none" : $"'{options.Endpoint}'")}.");
        if (string.IsNullOrWhiteSpace(options.Model))
            wrong.Add($"{which} needs a {nameof(options.Model)}: the name that the server's /v1/models lists.");
        if (options.Timeout <= TimeSpan.Zero)
            wrong.Add($"{which} has the {nameof(options.Timeout)} {options.Timeout}: it must be above 0, or left out to wait as long as the model takes.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
