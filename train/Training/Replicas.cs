using System.Runtime.ExceptionServices;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>
/// Computes losses and gradients of a batch with one thread a replica of the model, each on its share of the rows. The tensors of a small
/// model are too small to split a single operation: measured at 3 layers x 128, one operation on two threads was half as fast as on one,
/// while two replicas use both cores. Gradients are added up in the replicas' order, so a run repeats exactly on machines of as many cores.
/// </summary>
internal sealed class Replicas : IDisposable
{
    private readonly LanguageModel[] _models;

    /// <param name="model">The first replica; it stays its owner's.</param>
    /// <param name="count">How many threads compute.</param>
    public Replicas(LanguageModel model, int count) => _models = [model, .. Enumerable.Range(1, count - 1).Select(_ => model.Replica())];

    /// <summary>As many replicas as help: one a processor on the CPU; a GPU splits its operations itself.</summary>
    public static int Best(Device device) => device.type == DeviceType.CPU ? Environment.ProcessorCount : 1;

    /// <summary>The sum of a batch's losses times <paramref name="weight"/>; its gradient is added to the first model's where asked for.</summary>
    /// <exception cref="MhcPipeline.Core.PipelineException">The backward pass failed.</exception>
    public double Loss(Batch batch, double weight, bool backward)
    {
        int count = Math.Min(_models.Length, batch.Rows);
        var losses = new double[count];
        try
        {
            Parallel.For(0, count, ComputeShare);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]); // what one replica met is what happened
        }

        if (backward && count > 1)
            Gather(_models[0].Parameters.Gradient, _models.AsSpan(1, count - 1));
        return losses.Sum();

        void ComputeShare(int share)
        {
            int limit = KernelThreads.Limit;
            KernelThreads.Limit = count > 1 ? 1 : limit; // the other processors compute the other shares
            try
            {
                using Tensor loss = LossOfRows(_models[share], batch, batch.Rows * share / count, batch.Rows * (share + 1) / count, weight, backward);
                losses[share] = loss.ToDouble();
            }
            finally
            {
                KernelThreads.Limit = limit;
            }
        }
    }

    /// <summary>The same by the first model alone, as a scalar on its device, for which nothing has waited.</summary>
    public Tensor LossAhead(Batch batch, double weight, bool backward) => LossOfRows(_models[0], batch, 0, batch.Rows, weight, backward);

    public void Dispose()
    {
        foreach (LanguageModel replica in _models.AsSpan(1))
            replica.Dispose();
    }

    /// <summary>Adds the replicas' gradients to the first model's, in order, and clears them for the next batch.</summary>
    private static unsafe void Gather(Tensor gradient, ReadOnlySpan<LanguageModel> replicas)
    {
        using var frozen = no_grad();
        if (HostKernels.Serve(gradient))
        {
            float** sources = stackalloc float*[replicas.Length];
            for (int i = 0; i < replicas.Length; i++)
                sources[i] = HostKernels.Pointer(replicas[i].Parameters.Gradient);
            GradientKernel.Gather(HostKernels.Pointer(gradient), sources, replicas.Length, gradient.numel());
            return;
        }
        foreach (LanguageModel replica in replicas)
        {
            gradient.add_(replica.Parameters.Gradient);
            replica.Parameters.ClearGradient();
        }
    }

    private static Tensor LossOfRows(LanguageModel model, Batch batch, int first, int end, double weight, bool backward)
    {
        using var scope = NewDisposeScope();
        using IDisposable mode = backward ? enable_grad() : no_grad();
        Device device = model.Parameters.Device;
        Tensor inputs = On(device, batch.Inputs), targets = On(device, batch.Targets); // [B,S]
        Tensor loss = model.Loss(inputs, targets) * weight;
        if (backward)
            BackwardPass.Run(loss);
        return loss.detach().MoveToOuterDisposeScope();

        Tensor On(Device device, long[] all)
        {
            Tensor rows = tensor(all[(first * batch.Length)..(end * batch.Length)], [end - first, batch.Length]);
            return device.type == DeviceType.CUDA ? rows.pin_memory().to(device, non_blocking: true) : rows.to(device);
        }
    }
}
