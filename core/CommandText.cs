namespace MhcPipeline.Core;

/// <summary>Commands that a program prints for a person to run as they stand.</summary>
public static class CommandText
{
    /// <summary>A make target with the variables that are not null: <c>make train RUN=runs/a PRESET=smoke</c>.</summary>
    public static string Make(string target, params ReadOnlySpan<(string Name, object? Value)> variables)
    {
        string text = $"make {target}";
        foreach ((string name, object? value) in variables)
        {
            if (Text(value) is { } written)
                text += $" {name}={Quote(written.Replace("$", "$$", StringComparison.Ordinal))}";
        }
        return text;
    }

    /// <summary>A program with the options that are not null; true stands for an option without a value.</summary>
    public static string Program(string name, params ReadOnlySpan<(string Option, object? Value)> options)
    {
        foreach ((string option, object? value) in options)
        {
            if (value is true)
                name += $" {option}";
            else if (value is not false && Text(value) is { } written)
                name += $" {option} {Quote(written)}";
        }
        return name;
    }

    /// <summary>A word as a shell reads it: in single quotes unless it is plain.</summary>
    public static string Quote(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_./:+=@%,-".Contains(c, StringComparison.Ordinal))
        ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string? Text(object? value) => value is null ? null : FormattableString.Invariant($"{value}");
}
