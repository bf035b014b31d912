using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    private static readonly Operator _cat = new("cat");
    private static readonly Operator _stack = new("stack");

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => _cat.Call(tensors as Tensor[] ?? [.. tensors], dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => _cat.Call(tensors, dim);

    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => _cat.Call(tensors.ToArray(), dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => _stack.Call(tensors as Tensor[] ?? [.. tensors], dim);
}
