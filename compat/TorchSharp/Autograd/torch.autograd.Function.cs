using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>An operation with a backward of its own. Derive from SingleTensorFunction or MultiTensorFunction and call apply.</summary>
        public abstract class Function<T> where T : Function<T>, new()
        {
            internal static T Instance { get; } = new();

            public abstract string Name { get; }

            /// <summary>Calls forward without recording it, and puts a node with this function's backward into the graph.</summary>
            public static unsafe List<Tensor> apply_internal(params object[] vars)
            {
                List<Tensor> inputs = [.. vars.OfType<Tensor>().Where(tensor => !tensor.IsInvalid)];
                bool[] isTensor = [.. vars.Select(value => value is Tensor { IsInvalid: false })];
                var context = new AutogradContext();
                bool recorded = AutoGradMode.IsEnabled && inputs.Exists(input => input.requires_grad);
                List<Tensor> outputs;
                using (no_grad()) outputs = Instance.forward_internal(context, vars);
                // An input that comes back unchanged must not be the caller's own object: disposing of one would empty the other.
                if (!recorded) return [.. outputs.Select(output => inputs.Contains(output, ReferenceEqualityComparer.Instance) ? output.alias() : output)];

                var state = GCHandle.Alloc(new FunctionNode(context, isTensor, Instance.Name, Instance.backward_internal));
                var results = new nint[outputs.Count];
                var flags = outputs.ConvertAll(output => (Holds(context.Dirty, output) ? 1 : 0) | (Holds(context.NonDifferentiable, output) ? 2 : 0)).ToArray();
                if (context.Dirty.Exists(dirty => !Holds(outputs, dirty))) throw new InvalidOperationException($"Function {Instance.Name} marked a tensor dirty that it does not return.");
                nint node;
                fixed (nint* sources = Handles(inputs), made = Handles(outputs), into = results)
                fixed (int* kinds = flags)
                {
                    node = Native.shim_node_new(GCHandle.ToIntPtr(state), &FunctionNode.Backward, &FunctionNode.Release, sources, inputs.Count);
                    if (node == 0)
                    {
                        state.Free();
                        throw Native.LastError();
                    }
                    try
                    {
                        Native.Check(Native.shim_node_attach(node, sources, inputs.Count, made, kinds, outputs.Count, into));
                        context.Commit(node);
                    }
                    finally
                    {
                        Native.shim_node_release(node);
                    }
                }
                KeepAlive(inputs);
                KeepAlive(outputs);
                return [.. results.Select(handle => new Tensor(handle))];
            }

            internal abstract List<Tensor> forward_internal(AutogradContext ctx, params object[] vars);

            internal abstract List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs);

            private static bool Holds(List<Tensor> tensors, Tensor tensor) => tensors.Exists(other => other is not null && tensor is not null && other.handle == tensor.handle);
        }

        /// <summary>A function with one result.</summary>
        public abstract class SingleTensorFunction<T> : Function<T> where T : SingleTensorFunction<T>, new()
        {
            public static Tensor apply(params object[] vars) => apply_internal(vars)[0];

            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            /// <summary>One gradient for each argument of forward; null where it is no tensor or needs none.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            internal sealed override List<Tensor> forward_internal(AutogradContext ctx, params object[] vars) => [forward(ctx, vars)];

            internal sealed override List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs) => backward(ctx, grad_outputs[0]);
        }

        /// <summary>A function with several results.</summary>
        public abstract class MultiTensorFunction<T> : Function<T> where T : MultiTensorFunction<T>, new()
        {
            public static List<Tensor> apply(params object[] vars) => apply_internal(vars);

            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            /// <summary>One gradient for each argument of forward; null where it is no tensor or needs none.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            internal sealed override List<Tensor> forward_internal(AutogradContext ctx, params object[] vars) => forward(ctx, vars);

            internal sealed override List<Tensor> backward_internal(AutogradContext ctx, List<Tensor> grad_outputs) => backward(ctx, grad_outputs);
        }
    }
}
