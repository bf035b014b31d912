using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// The products of a linear layer y = x W^T in the host's memory, as new tensors that no graph knows: by <see cref="LinearKernel"/> where it
/// is faster on this processor, by the tensor library elsewhere.
/// </summary>
internal static unsafe class LinearProducts
{
    [ThreadStatic]
    private static bool? _own;

    /// <summary>Whether the kernel computes; <see cref="LinearKernel.IsFaster"/> unless set, for the calling thread. Tests of either way set it.</summary>
    public static bool Own
    {
        get => _own ?? LinearKernel.IsFaster;
        set => _own = value;
    }

    /// <summary>x W^T as a graph knows it, by the tensor library in x's type; the gradient of the weight is added up in the weight's.</summary>
    /// <param name="x">[...,K].</param>
    /// <param name="weight">[N,K].</param>
    /// <returns>[...,N].</returns>
    public static Tensor Composed(Tensor x, Tensor weight) => nn.functional.linear(x, weight.to_type(x.dtype));

    /// <summary>x W^T.</summary>
    /// <param name="x">[T,K], dense.</param>
    /// <param name="weight">[N,K], dense.</param>
    /// <returns>[T,N].</returns>
    public static Tensor Forward(Tensor x, Tensor weight)
    {
        Tensor y = empty(x.shape[0], weight.shape[0]);
        Forward(x, weight, y);
        return y;
    }

    /// <summary>y = x W^T.</summary>
    /// <param name="x">[T,K], dense.</param>
    /// <param name="weight">[N,K], dense.</param>
    /// <param name="y">[T,N], dense, written.</param>
    public static void Forward(Tensor x, Tensor weight, Tensor y)
    {
        if (Own)
            LinearKernel.Forward(Pointer(x), Pointer(weight), Pointer(y), (int)x.shape[0], (int)x.shape[1], (int)weight.shape[0]);
        else
            Library(y, x, weight.t(), add: false);
    }

    /// <summary>dy W.</summary>
    /// <param name="yGradient">[T,N], dense.</param>
    /// <param name="weight">[N,K], dense.</param>
    /// <returns>[T,K].</returns>
    public static Tensor InputGradient(Tensor yGradient, Tensor weight)
    {
        Tensor x = empty(yGradient.shape[0], weight.shape[1]);
        InputGradient(yGradient, weight, x);
        return x;
    }

    /// <summary>dx = dy W.</summary>
    /// <param name="yGradient">[T,N], dense.</param>
    /// <param name="weight">[N,K], dense.</param>
    /// <param name="xGradient">[T,K], dense, written.</param>
    public static void InputGradient(Tensor yGradient, Tensor weight, Tensor xGradient)
    {
        if (Own)
            LinearKernel.InputGradient(Pointer(yGradient), Pointer(weight), Pointer(xGradient), (int)yGradient.shape[0], (int)weight.shape[1], (int)weight.shape[0]);
        else
            Library(xGradient, yGradient, weight, add: false);
    }

    /// <summary>dy^T x.</summary>
    /// <param name="yGradient">[T,N], dense.</param>
    /// <param name="x">[T,K], dense.</param>
    /// <returns>[N,K].</returns>
    public static Tensor WeightGradient(Tensor yGradient, Tensor x)
    {
        Tensor weight = empty(yGradient.shape[1], x.shape[1]);
        WeightGradient(yGradient, x, weight, add: false);
        return weight;
    }

    /// <summary>dW = dy^T x, or dW += dy^T x.</summary>
    /// <param name="yGradient">[T,N], dense.</param>
    /// <param name="x">[T,K], dense.</param>
    /// <param name="weightGradient">[N,K], dense, written.</param>
    /// <param name="add">Whether what is there counts.</param>
    public static void WeightGradient(Tensor yGradient, Tensor x, Tensor weightGradient, bool add)
    {
        if (Own)
            LinearKernel.WeightGradient(Pointer(yGradient), Pointer(x), Pointer(weightGradient), (int)x.shape[0], (int)x.shape[1], (int)yGradient.shape[1], add);
        else
            Library(weightGradient, yGradient.t(), x, add);
    }

    private static void Library(Tensor result, Tensor left, Tensor right, bool add)
    {
        using var frozen = no_grad();
        result.addmm_(left, right, beta: add ? 1 : 0, alpha: 1);
    }
}
