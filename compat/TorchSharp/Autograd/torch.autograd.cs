using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>Gradients of the outputs' weighted sum with respect to the inputs.</summary>
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var results = new nint[inputs.Count];
            fixed (nint* from = Handles(outputs), to = Handles(inputs), weights = Handles(grad_outputs), into = results)
                Native.Check(Native.shim_grad(from, outputs.Count, to, inputs.Count, weights, grad_outputs?.Count ?? 0, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, into));
            KeepAlive(outputs);
            KeepAlive(inputs);
            KeepAlive(grad_outputs);
            return [.. results.Select(handle => new Tensor(handle))];
        }

        /// <summary>Adds the gradients of the tensors' weighted sum to the .grad of the leaves.</summary>
        public static unsafe void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null)
        {
            bool retain = retain_graph ?? create_graph;
            fixed (nint* from = Handles(tensors), weights = Handles(grad_tensors), to = Handles(inputs))
                Native.Check(Native.shim_backward(from, tensors.Count, weights, grad_tensors?.Count ?? 0, to, inputs?.Count ?? 0, retain ? 1 : 0, create_graph ? 1 : 0));
            KeepAlive(tensors);
            KeepAlive(grad_tensors);
            KeepAlive(inputs);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        private static nint[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null) return [];
            var handles = new nint[tensors.Count];
            for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i]?.Handle ?? 0;
            return handles;
        }

        private static void KeepAlive(IList<Tensor>? tensors)
        {
            for (int i = 0; i < tensors?.Count; i++) GC.KeepAlive(tensors[i]);
        }
    }
}
