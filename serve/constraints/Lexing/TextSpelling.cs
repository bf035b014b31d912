namespace MhcPipeline.Constraints.Lexing;

/// <summary>How the code points of a lexeme are written.</summary>
internal enum TextSpelling
{
    /// <summary>As UTF-8.</summary>
    Plain,

    /// <summary>As a JSON string with its quotes, with every escape that JSON has.</summary>
    Json,
}
