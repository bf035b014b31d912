namespace Microsoft.SemanticKernel;

/// <summary>What plugins, functions and parameters may be called.</summary>
internal static class Names
{
    public static string Plugin(string? name) => Check(name, "plugin", static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    public static string Function(string? name) => Check(name, "function", static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>A .NET name with every character that a function or parameter name may not have replaced by an underscore.</summary>
    public static string Sanitize(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    public static IReadOnlyList<KernelParameterMetadata> Unique(IReadOnlyList<KernelParameterMetadata> parameters)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in parameters)
        {
            if (!seen.Add(parameter.Name))
                throw new ArgumentException($"The function has two or more parameters named '{parameter.Name}'.");
        }

        return parameters;
    }

    private static string Check(string? name, string what, Func<char, bool> allowed)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!name.All(allowed))
            throw new ArgumentException($"A {what} name can contain only ASCII letters, digits and underscores: '{name}' is not a valid name.");
        return name;
    }
}
