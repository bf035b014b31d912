namespace MhcPipeline.Engine.Contract;

/// <summary>All slots are generating and the queue in front of them is full: try again later.</summary>
public sealed class EngineBusyException(int waiting)
    : Exception($"The server is busy: {waiting} requests are waiting already. Try again in a moment.");
