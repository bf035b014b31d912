using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => Native.shim_tensor_dim(Handle);

        public long dim() => Dimensions;

        public long ndim => Dimensions;

        public long NumberOfElements => Native.shim_tensor_numel(Handle);

        public long numel() => NumberOfElements;

        public long ElementSize => Native.shim_tensor_element_size(Handle);

        public long element_size() => ElementSize;

        public ScalarType dtype => (ScalarType)Native.shim_tensor_scalar_type(Handle);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public DeviceType device_type => (DeviceType)Native.shim_tensor_device_type(Handle);

        public int device_index => Native.shim_tensor_device_index(Handle);

        public Device device => device_type == DeviceType.CPU ? new Device(DeviceType.CPU) : new Device(device_type, device_index);

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_contiguous() => Native.shim_tensor_is_contiguous(Handle) != 0;

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                fixed (long* start = sizes) Native.shim_tensor_sizes(handle, start);
                return sizes;
            }
        }

        public long[] size() => shape;

        public long size(int dim) => shape[Wrap(dim)];

        public unsafe long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* start = strides) Native.shim_tensor_strides(handle, start);
            return strides;
        }

        public long stride(int dim) => stride()[Wrap(dim)];

        public long storage_offset() => Native.shim_tensor_storage_offset(Handle);

        // Counts negative dimensions from the end; the message is libtorch's.
        private long Wrap(long dim)
        {
            long count = Dimensions;
            if (dim < -count || dim >= count)
                throw new System.Runtime.InteropServices.ExternalException($"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {dim})");
            return dim < 0 ? dim + count : dim;
        }
    }

    public static long numel(Tensor input) => input.numel();
}
