using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The memory behind a tensor, which views of it share.</summary>
    public abstract class Storage
    {
        protected torch.Tensor _tensor;

        protected Storage(Tensor tensor) => _tensor = tensor;

        /// <summary>The start of the storage: add storage_offset() elements for the tensor's first one.</summary>
        public IntPtr data_ptr()
        {
            nint pointer = Native.shim_tensor_storage_data(_tensor.Handle);
            return pointer != 0 || nbytes() == 0 ? pointer : throw Native.LastError();
        }

        public ulong nbytes()
        {
            long count = Native.shim_tensor_storage_bytes(_tensor.Handle);
            return count >= 0 ? (ulong)count : throw Native.LastError();
        }

        public abstract int element_size();
    }

    public sealed class Storage<T> : Storage where T : unmanaged
    {
        internal Storage(Tensor tensor) : base(tensor)
        {
        }

        public override unsafe int element_size() => sizeof(T);

        public int Count => (int)(nbytes() / (ulong)element_size());
    }
}
