using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>Totals that the scheduler's thread counts and any thread reads.</summary>
internal sealed class EngineCounters
{
    private long _requests, _cachedRequests, _promptTokens, _cachedTokens, _generatedTokens, _prefillSteps, _decodeSteps, _decodedTokens;

    public EngineStatistics Read() => new()
    {
        Requests = Interlocked.Read(ref _requests),
        CachedRequests = Interlocked.Read(ref _cachedRequests),
        PromptTokens = Interlocked.Read(ref _promptTokens),
        CachedTokens = Interlocked.Read(ref _cachedTokens),
        GeneratedTokens = Interlocked.Read(ref _generatedTokens),
        PrefillSteps = Interlocked.Read(ref _prefillSteps),
        DecodeSteps = Interlocked.Read(ref _decodeSteps),
        DecodedTokens = Interlocked.Read(ref _decodedTokens),
    };

    public void Admitted(int promptTokens, int cachedTokens)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _cachedRequests, cachedTokens > 0 ? 1 : 0);
        Interlocked.Add(ref _promptTokens, promptTokens);
        Interlocked.Add(ref _cachedTokens, cachedTokens);
    }

    public void Prefilled() => Interlocked.Increment(ref _prefillSteps);

    public void Decoded(int sequences)
    {
        Interlocked.Increment(ref _decodeSteps);
        Interlocked.Add(ref _decodedTokens, sequences);
    }

    public void Generated() => Interlocked.Increment(ref _generatedTokens);
}
