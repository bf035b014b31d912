using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace TorchSharp;

/// <summary>The managed half of a graph node (native/functions.cpp): owned by the node, called by the engine on whichever thread it runs.</summary>
internal sealed unsafe class FunctionNode(AutogradContext context, bool[] isTensor, string name, Func<AutogradContext, List<Tensor>, List<Tensor>> backward)
{
    [UnmanagedCallersOnly]
    public static int Backward(nint token, nint* gradients, int count, nint* results, int inputs)
    {
        try
        {
            ((FunctionNode)GCHandle.FromIntPtr(token).Target!).Run(new ReadOnlySpan<nint>(gradients, count), new Span<nint>(results, inputs));
            return 0;
        }
        catch (Exception failure)
        {
            Native.shim_fail(failure.Message);
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    public static void Release(nint token)
    {
        var handle = GCHandle.FromIntPtr(token);
        ((FunctionNode)handle.Target!).Forget();
        handle.Free();
    }

    private void Forget() => context.Forget();

    private void Run(ReadOnlySpan<nint> gradients, Span<nint> results)
    {
        var arrived = new List<Tensor>(gradients.Length);
        for (int i = 0; i < gradients.Length; i++)
            arrived.Add(gradients[i] != 0 || !context.MaterializeGrads ? new Tensor(gradients[i]) : context.Zeros(i));

        var made = backward(context, arrived);
        while (made.Count > isTensor.Length && made[^1] is null or { IsInvalid: true }) made.RemoveAt(made.Count - 1);
        if (made.Count != isTensor.Length)
            throw new NotImplementedException($"Function {name} returned an incorrect number of gradients (expected {isTensor.Length}), got {made.Count}");

        int next = 0;
        for (int i = 0; i < made.Count; i++)
        {
            bool present = made[i] is { IsInvalid: false };
            if (!isTensor[i] && present)
                throw new NotImplementedException($"Function {name} returned a gradient at position {i + 1}, but the corresponding forward input was not a Tensor");
            if (isTensor[i]) results[next++] = present ? Native.shim_tensor_share(made[i].Handle) : 0;
        }
        GC.KeepAlive(made);
    }
}
