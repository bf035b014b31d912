using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace MhcPipeline.Core.Programs;

/// <summary>
/// Options that take a number of a range, written as JSON writes it: a point before the decimals, nothing between thousands, no NaN, no infinity. The same
/// in every country and program.
/// </summary>
public static class NumberOption
{
    /// <summary>An option that may be left out.</summary>
    /// <param name="name">Such as <c>--steps</c>.</param>
    /// <param name="description">For the help.</param>
    /// <param name="least">The smallest number taken.</param>
    /// <param name="most">The largest.</param>
    public static Option<T?> Optional<T>(string name, string description, T least, T most)
        where T : struct, INumber<T> => new(name) { Description = description, CustomParser = result => Parse(result, name, least, most) };

    /// <summary>An option that has a value in any case.</summary>
    /// <param name="name">Such as <c>--port</c>.</param>
    /// <param name="description">For the help.</param>
    /// <param name="least">The smallest number taken.</param>
    /// <param name="most">The largest.</param>
    /// <param name="otherwise">The value where none is given.</param>
    public static Option<T> Of<T>(string name, string description, T least, T most, T otherwise)
        where T : struct, INumber<T> => new(name) { Description = description, CustomParser = result => Parse(result, name, least, most), DefaultValueFactory = _ => otherwise };

    private static T Parse<T>(ArgumentResult result, string name, T least, T most)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        bool isInteger = T.IsInteger(T.One / (T.One + T.One)); // 1/2 is 0
        NumberStyles style = isInteger ? NumberStyles.AllowLeadingSign : NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!T.TryParse(text, style, CultureInfo.InvariantCulture, out T value) || !(value >= least && value <= most))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a {(isInteger ? "whole number" : "number")} from {least} to {most}."));
        return value;
    }
}
