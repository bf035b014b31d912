namespace MhcPipeline.Serve.Errors;

/// <summary>A request that is answered with an error.</summary>
/// <param name="status">HTTP status code.</param>
/// <param name="message">What was wrong and what to do.</param>
/// <param name="param">The field at fault, if one is.</param>
/// <param name="code">A word for programs.</param>
public sealed class ApiException(int status, string message, string? param = null, string? code = null) : Exception(message)
{
    /// <summary>HTTP status code.</summary>
    public int Status { get; } = status;

    /// <summary>The field at fault, if one is.</summary>
    public string? Param { get; } = param;

    /// <summary>A word for programs.</summary>
    public string? Code { get; } = code;

    /// <summary>A field with a value that is not allowed: status 400.</summary>
    public static ApiException Invalid(string message, string param, string code = "invalid_value") => new(StatusCodes.Status400BadRequest, message, param, code);

    /// <summary>A field that this server knows of but cannot do: status 400.</summary>
    public static ApiException Unsupported(string message, string param) => Invalid(message, param, "unsupported_parameter");
}
