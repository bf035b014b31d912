namespace MhcPipeline.Constraints.Parsing;

/// <summary>How much a grammar may ask for while it is matched.</summary>
/// <param name="MaxDepth">Arrays and objects in one another.</param>
/// <param name="MaxRoutes">Ways to understand a text at once.</param>
/// <param name="MaxExpansion">Rules that call one another before anything is read.</param>
/// <param name="MaxStates">States that are kept for others.</param>
/// <param name="MaxMaskBytes">Masks that are kept for others: 1,000 and more of them.</param>
/// <param name="MaxWalkBytes">What is kept of lexemes.</param>
internal sealed record ParseLimits(int MaxDepth = 64, int MaxRoutes = 1024, int MaxExpansion = 500, int MaxStates = 20_000, long MaxMaskBytes = 8 << 20, long MaxWalkBytes = 32 << 20);
