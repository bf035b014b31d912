using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// The base of operations with a backward pass of their own. Native code calls that pass, and an exception that leaves it ends the process:
/// here it is caught, remembered, and thrown by <see cref="BackwardPass.Run"/> where the pass was begun.
/// </summary>
/// <typeparam name="T">The operation.</typeparam>
internal abstract class Differentiable<T> : autograd.MultiTensorFunction<T>
    where T : Differentiable<T>, new()
{
    /// <inheritdoc/>
    public sealed override string Name => typeof(T).Name;

    /// <summary>Computes the outputs. Managed code calls it: its exceptions arrive as any other's do.</summary>
    /// <param name="ctx">Keeps what the backward pass needs.</param>
    /// <param name="arguments">As given to <see cref="Compute"/>.</param>
    protected abstract Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments);

    /// <summary>Computes the gradients, within a dispose scope of its own.</summary>
    /// <param name="ctx">What forward kept.</param>
    /// <param name="ofOutputs">The gradient of each output, dense; zeros where none arrived.</param>
    /// <returns>One for each argument of forward, in its shape; null where there is none.</returns>
    protected abstract Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs);

    /// <summary>Computes forward, with what goes backward in the graph.</summary>
    protected static List<Tensor> Compute(params object?[] arguments)
    {
        List<Tensor> outputs = apply(arguments!);
        HandedOver.LetGoOfOutputs();
        return outputs;
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor[] outputs = Forward(ctx, vars);
        ctx.set_materialize_grads(false); // TorchSharp would do it outside of what is guarded below
        ctx.save_data(nameof(Application), new Application(
            BackwardPass.OfThisThread, [.. vars.Select(argument => argument is Tensor { IsInvalid: false })], [.. outputs.Select(output => new Missing(output.shape, output.dtype, output.device))]));
        return HandedOver.Outputs(outputs);
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var application = (Application)ctx.get_data(nameof(Application))!;
        try
        {
            if (!application.Pass.HasFailed)
                return Gradients(ctx, grad_outputs, application);
        }
        catch (Exception e)
        {
            application.Pass.Fail(Name, e);
        }
        foreach (Tensor gradient in grad_outputs)
            gradient.Dispose();
        return [.. new Tensor[application.IsTensor.Length]]; // undefined gradients: nothing is added to any parameter's
    }

    private List<Tensor> Gradients(autograd.AutogradContext ctx, List<Tensor> arrived, Application application)
    {
        using var scope = NewDisposeScope();
        Tensor?[] results = Backward(ctx, [.. arrived.Select((gradient, i) => gradient.IsInvalid ? application.Outputs[i].Zeros() : gradient.contiguous())]);
        if (results.Length != application.IsTensor.Length)
            throw new InvalidOperationException($"it gave {results.Length} gradients for {application.IsTensor.Length} arguments");
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] is not null && !application.IsTensor[i])
                throw new InvalidOperationException($"it gave a gradient for argument {i}, which is no tensor");
        }
        return HandedOver.Gradients(arrived, results);
    }

    /// <summary>One application of the operation.</summary>
    /// <param name="Pass">Of the thread that computed it forward: the engine may go backward on others.</param>
    /// <param name="IsTensor">Which arguments can have a gradient.</param>
    /// <param name="Outputs">What the gradient of each output is where none arrived.</param>
    private sealed record Application(BackwardPass Pass, bool[] IsTensor, Missing[] Outputs);

    private sealed record Missing(long[] Shape, ScalarType Type, Device Device)
    {
        public Tensor Zeros() => zeros(Shape, dtype: Type, device: Device);
    }
}
