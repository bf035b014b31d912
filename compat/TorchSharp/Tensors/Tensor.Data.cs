using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Reads and writes the elements; T must be the type of the elements. A tensor elsewhere is copied to the CPU first.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            return data<T>()[0];
        }

        /// <summary>The value of a tensor with one element.</summary>
        public unsafe Scalar ToScalar()
        {
            long integer;
            double number;
            int kind = Native.shim_tensor_item(Handle, &integer, &number);
            GC.KeepAlive(this);
            return kind switch
            {
                0 => integer,
                1 => number,
                2 => integer != 0,
                _ => throw Native.LastError(),
            };
        }

        /// <summary>The memory of a contiguous CPU tensor; valid while the tensor is.</summary>
        public unsafe Span<byte> bytes
        {
            get => new((void*)DataPointer(), checked((int)ByteCount()));
            set
            {
                if (value.Length != ByteCount()) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(bytes);
            }
        }

        public Storage<T> storage<T>() where T : unmanaged => new(this);

        private long ByteCount()
        {
            if (!is_contiguous()) throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            return NumberOfElements * ElementSize;
        }

        internal nint DataPointer()
        {
            nint pointer = Native.shim_tensor_data(Handle);
            return pointer != 0 || NumberOfElements == 0 ? pointer : throw Native.LastError();
        }

        internal void ValidateType(Type type)
        {
            var expected = dtype switch
            {
                ScalarType.Byte => typeof(byte),
                ScalarType.Int8 => typeof(sbyte),
                ScalarType.Int16 => typeof(short),
                ScalarType.Int32 => typeof(int),
                ScalarType.Int64 => typeof(long),
                ScalarType.Float16 => typeof(Half),
                ScalarType.Float32 => typeof(float),
                ScalarType.Float64 => typeof(double),
                ScalarType.Bool => typeof(bool),
                ScalarType.BFloat16 => typeof(BFloat16),
                _ => null,
            };
            if (type != expected) throw new ArgumentException($"{type.Name} is not compatible with {dtype}");
        }
    }
}
