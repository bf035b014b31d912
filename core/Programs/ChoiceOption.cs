using System.CommandLine;
using System.CommandLine.Parsing;

namespace MhcPipeline.Core.Programs;

/// <summary>Options that take one of an enumeration's names, in lower case or any other; its numbers mean nothing to a user and are refused.</summary>
public static class ChoiceOption
{
    /// <summary>Such an option.</summary>
    /// <param name="name">Such as <c>--mode</c>.</param>
    /// <param name="description">For the help.</param>
    /// <param name="otherwise">The value where none is given.</param>
    public static Option<T> Of<T>(string name, string description, T otherwise)
        where T : struct, Enum
    {
        var option = new Option<T>(name) { Description = description, HelpName = string.Join('|', Names<T>()), CustomParser = Parse, DefaultValueFactory = _ => otherwise };
        option.CompletionSources.Add(Names<T>());
        return option;

        T Parse(ArgumentResult result)
        {
            string text = result.Tokens[0].Value;
            int index = Array.FindIndex(Names<T>(), known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
                return Enum.GetValues<T>()[index];
            result.AddError($"{name} is '{text}'; it must be one of {string.Join(", ", Names<T>())}.");
            return otherwise;
        }
    }

    private static string[] Names<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(known => known.ToLowerInvariant())];
}
