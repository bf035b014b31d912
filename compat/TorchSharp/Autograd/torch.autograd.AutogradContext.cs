using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a function's forward leaves for its backward.</summary>
        public class AutogradContext : IDisposable
        {
            private readonly Dictionary<string, object> _data = [];
            private nint _node;

            internal AutogradContext()
            {
            }

            public bool MaterializeGrads { get; private set; } = true;

            internal List<Tensor> TensorsToSave { get; private set; } = [];

            internal List<Tensor> Dirty { get; private set; } = [];

            internal List<Tensor> NonDifferentiable { get; private set; } = [];

            /// <summary>Keeps tensors for backward; an entry may be null.</summary>
            public void save_for_backward(List<Tensor> tensors) => TensorsToSave = tensors;

            public void save_data(string key, object value) => _data[key] = value;

            public object? get_data(string key) => _data.GetValueOrDefault(key);

            /// <summary>Names inputs that forward changes in place; they must be among its results.</summary>
            public void mark_dirty(List<Tensor> tensors) => Dirty = [.. tensors];

            public void mark_non_differentiable(List<Tensor> tensors) => NonDifferentiable = [.. tensors];

            /// <summary>Whether backward gets zeros (true, as at the start) or null where no gradient arrives.</summary>
            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            /// <summary>The saved tensors; an error where one of them was changed in place since, or where the graph was freed.</summary>
            public unsafe List<Tensor> get_saved_variables()
            {
                if (_node == 0) throw new InvalidOperationException("Saved tensors can be read only while the graph that they belong to exists.");
                var tensors = new List<Tensor>(TensorCount);
                for (int i = 0; i < TensorCount; i++)
                {
                    nint handle;
                    Native.Check(Native.shim_node_saved(_node, i, &handle));
                    tensors.Add(handle == 0 ? null! : new Tensor(handle));
                }
                return tensors;
            }

            private int TensorCount { get; set; }

            /// <summary>Hands the tensors over to the node, which from now on can give them back.</summary>
            internal unsafe void Commit(nint node)
            {
                fixed (nint* handles = Handles(TensorsToSave)) Native.Check(Native.shim_node_save(node, handles, TensorsToSave.Count));
                KeepAlive(TensorsToSave);
                TensorCount = TensorsToSave.Count;
                _node = Native.shim_node_self(node);
                TensorsToSave = [];
                Dirty = [];
                NonDifferentiable = [];
            }

            /// <summary>The node is gone.</summary>
            internal void Forget() => _node = 0;

            internal Tensor Zeros(int output) => new(Native.Check(Native.shim_node_zeros(_node, output)));

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (disposing) _data.Clear();
            }
        }
    }
}
