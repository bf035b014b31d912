using System.Collections.Concurrent;

namespace MhcPipeline.Constraints.Patterns;

/// <summary>The formats of JSON Schema that are enforced, as patterns of whole strings.</summary>
internal static class Formats
{
    private const int MostTerms = 200_000; // far from what any of them takes

    private const string Date = @"(?:(?:\d{4})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    private const string Time = @"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,12})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)|23:59:60(?:\.\d{1,12})?(?:[Zz]|[+-]00:00))";
    private const string Ipv4 = @"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";
    private const string H16 = "[0-9A-Fa-f]{1,4}";
    private const string Ls32 = $"(?:{H16}:{H16}|{Ipv4})";
    private const string Ipv6 =
        $"(?:(?:{H16}:){{6}}{Ls32}|::(?:{H16}:){{5}}{Ls32}|(?:{H16})?::(?:{H16}:){{4}}{Ls32}|(?:(?:{H16}:)?{H16})?::(?:{H16}:){{3}}{Ls32}|(?:(?:{H16}:){{0,2}}{H16})?::(?:{H16}:){{2}}{Ls32}"
        + $"|(?:(?:{H16}:){{0,3}}{H16})?::{H16}:{Ls32}|(?:(?:{H16}:){{0,4}}{H16})?::{Ls32}|(?:(?:{H16}:){{0,5}}{H16})?::{H16}|(?:(?:{H16}:){{0,6}}{H16})?::)";

    private const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string Atom = @"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";

    // RFC 3986, appendix A
    private const string Encoded = "%[0-9A-Fa-f]{2}";
    private const string UserInfo = $"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|{Encoded})*";
    private const string RegisteredName = $"(?:[A-Za-z0-9._~!$&'()*+,;=-]|{Encoded})*";
    private const string Authority = $@"(?:{UserInfo}@)?(?:\[(?:{Ipv6}|[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\]|{RegisteredName})(?::\d*)?";
    private const string PathChar = $"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|{Encoded})";
    private const string Query = $@"(?:\?(?:{PathChar}|[/?])*)?(?:#(?:{PathChar}|[/?])*)?";
    private const string Uri = $@"[A-Za-z][A-Za-z0-9+.-]*:(?://{Authority}(?:/{PathChar}*)*|/(?:{PathChar}+(?:/{PathChar}*)*)?|{PathChar}+(?:/{PathChar}*)*|){Query}";
    private const string Relative = $@"(?://{Authority}(?:/{PathChar}*)*|/(?:{PathChar}+(?:/{PathChar}*)*)?|(?:[A-Za-z0-9._~!$&'()*+,;=@-]|{Encoded})+(?:/{PathChar}*)*|){Query}";

    private static readonly Dictionary<string, string> _patterns = new(StringComparer.Ordinal)
    {
        ["date"] = $"(?!0000){Date}",
        ["time"] = Time,
        ["date-time"] = $"(?!0000){Date}[Tt]{Time}",
        ["duration"] = @"P(?:\d{1,9}W|(?:\d{1,9}Y(?:\d{1,9}M(?:\d{1,9}D)?)?|\d{1,9}M(?:\d{1,9}D)?|\d{1,9}D)(?:T(?:\d{1,9}H(?:\d{1,9}M(?:\d{1,9}S)?)?|\d{1,9}M(?:\d{1,9}S)?|\d{1,9}S))?|T(?:\d{1,9}H(?:\d{1,9}M(?:\d{1,9}S)?)?|\d{1,9}M(?:\d{1,9}S)?|\d{1,9}S))",
        // RFC 5321 would also have domains of one label, and last labels that are no letters, which many readers refuse.
        ["email"] = $@"{Atom}(?:\.{Atom})*@(?:(?:{Label}\.)+[A-Za-z]{{2,63}}|\[(?:{Ipv4}|IPv6:{Ipv6})\])",
        ["hostname"] = $@"{Label}(?:\.{Label})*",
        ["ipv4"] = Ipv4,
        ["ipv6"] = Ipv6,
        ["uuid"] = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
        ["uri"] = Uri,
        ["uri-reference"] = $"{Uri}|{Relative}",
        ["json-pointer"] = "(?:/(?:[^~/]|~[01])*)*",
        ["relative-json-pointer"] = "(?:0|[1-9][0-9]{0,9})(?:#|(?:/(?:[^~/]|~[01])*)*)",
    };

    /// <summary>Formats that the specifications define and that are not enforced; other names say nothing, as the specifications want it.</summary>
    private static readonly HashSet<string> _unsupported = new(StringComparer.Ordinal) { "idn-email", "idn-hostname", "iri", "iri-reference", "uri-template", "regex" };

    private static readonly ConcurrentDictionary<string, (Terms Terms, Term Term)> _compiled = new(StringComparer.Ordinal);

    /// <summary>The pattern of a format; null where there is none.</summary>
    public static string? PatternOf(string format) => _patterns.GetValueOrDefault(Known(format));

    /// <summary>The pattern as a term, and what follows it: one for all schemas, so that what was found out of a format once is known.</summary>
    public static (Terms Terms, Term Term) Compiled(string format) => _compiled.GetOrAdd(Known(format), static name =>
    {
        var terms = new Terms(MostTerms, CancellationToken.None);
        return (terms, PatternParser.Whole(terms, _patterns[name]));
    });

    /// <summary>Whether a string is of a format, its longest length aside.</summary>
    public static bool IsMatch(string format, string text)
    {
        (Terms terms, Term term) = Compiled(format);
        return terms.IsMatch(term, text);
    }

    /// <summary>The name of today for that of an old draft.</summary>
    public static string Known(string format) => format switch { "ip-address" => "ipv4", "host-name" => "hostname", _ => format };

    /// <summary>Whether a format is defined but not enforced.</summary>
    public static bool IsUnsupported(string format) => _unsupported.Contains(format);

    /// <summary>The most code points of a format; counted apart from its pattern.</summary>
    public static int LongestOf(string format) => format switch { "email" => 254, "hostname" or "host-name" => 253, _ => int.MaxValue };
}
