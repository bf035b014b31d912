using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// What operations of ours return to the autograd engine. The engine takes references of its own, but nothing tells when the objects here are
/// done with: left to a dispose scope or the garbage collector they would keep every gradient of a step, and streams that are to be written
/// again, alive. So each thread lets go of its last results when it hands over the next.
/// </summary>
internal static class HandedOver
{
    [ThreadStatic]
    private static Tensor?[]? _lastGradients, _lastOutputs;

    /// <summary>The list that a forward pass returns.</summary>
    public static List<Tensor> Outputs(params Tensor[] outputs) => Replace(ref _lastOutputs, outputs);

    /// <summary>Lets go of them once the engine has wrapped them: the last, a loss, would keep its whole graph until this thread computes again.</summary>
    public static void LetGoOfOutputs() => Replace(ref _lastOutputs, []);

    /// <summary>The list that a backward pass returns.</summary>
    /// <param name="arrived">The gradients that the pass was given; it has no more use for them.</param>
    /// <param name="results">One for each argument of forward; null where there is none.</param>
    public static List<Tensor> Gradients(IEnumerable<Tensor> arrived, params Tensor?[] results)
    {
        foreach (Tensor gradient in arrived)
            gradient.Dispose();
        return Replace(ref _lastGradients, results);
    }

    private static List<Tensor> Replace(ref Tensor?[]? last, Tensor?[] next)
    {
        foreach (Tensor? old in last ?? [])
            old?.Dispose();
        last = next;
        return [.. next.Select(tensor => tensor?.DetachFromDisposeScope()!)];
    }
}
