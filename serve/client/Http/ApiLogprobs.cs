using MhcPipeline.Client.Contract;

namespace MhcPipeline.Client.Http;

/// <summary>The tokens of a chat answer, or of a piece of it. Those of v1/completions have another form, and are never asked for.</summary>
internal sealed record ApiLogprobs(IReadOnlyList<TokenLogProbability>? Content);
