using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The functions of libTorchSharpShim.so (native/*.cpp). A tensor is a c10::TensorImpl* that owns one reference.</summary>
internal static unsafe partial class Native
{
    private const string Library = "libTorchSharpShim";

    /// <summary>The failure that the last call on this thread left behind, in the type that TorchSharp throws.</summary>
    public static ExternalException LastError() => new(Marshal.PtrToStringUTF8((nint)shim_last_error()));

    public static void Check(int status)
    {
        if (status < 0) throw LastError();
    }

    public static nint Check(nint handle) => handle != 0 ? handle : throw LastError();

    [LibraryImport(Library)] private static partial byte* shim_last_error();
    [LibraryImport(Library)] public static partial byte* shim_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint shim_operator_find(string name, string overload);

    [LibraryImport(Library)] public static partial int shim_operator_call(nint op, NativeValue* arguments, int count, nint* outputs, int room);
    [LibraryImport(Library)] public static partial nint* shim_operator_results();

    [LibraryImport(Library)] public static partial void shim_tensor_release(nint tensor);
    [LibraryImport(Library)] public static partial nint shim_tensor_share(nint tensor);

    // Getters that only read a field: no switch to unmanaged mode, some 10 ns less a call.
    [SuppressGCTransition][LibraryImport(Library)] public static partial long shim_tensor_dim(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial long shim_tensor_numel(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial long shim_tensor_element_size(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial long shim_tensor_storage_offset(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial int shim_tensor_scalar_type(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial int shim_tensor_device_type(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial int shim_tensor_device_index(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial int shim_tensor_is_contiguous(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial void shim_tensor_sizes(nint tensor, long* sizes);
    [SuppressGCTransition][LibraryImport(Library)] public static partial void shim_tensor_strides(nint tensor, long* strides);
    [SuppressGCTransition][LibraryImport(Library)] public static partial int shim_tensor_requires_grad(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial int shim_tensor_is_leaf(nint tensor);
    [SuppressGCTransition][LibraryImport(Library)] public static partial int shim_grad_enabled();
    [SuppressGCTransition][LibraryImport(Library)] public static partial void shim_set_grad_enabled(int value);

    [LibraryImport(Library)] public static partial nint shim_tensor_data(nint tensor);
    [LibraryImport(Library)] public static partial nint shim_tensor_storage_data(nint tensor);
    [LibraryImport(Library)] public static partial long shim_tensor_storage_bytes(nint tensor);
    [LibraryImport(Library)] public static partial int shim_tensor_item(nint tensor, long* integer, double* number);
    [LibraryImport(Library)] public static partial int shim_tensor_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] public static partial int shim_tensor_retain_grad(nint tensor);
    [LibraryImport(Library)] public static partial nint shim_tensor_grad(nint tensor);
    [LibraryImport(Library)] public static partial int shim_tensor_set_grad(nint tensor, nint grad);

    [LibraryImport(Library)]
    public static partial int shim_backward(nint* tensors, long count, nint* grads, long gradCount, nint* inputs, long inputCount, int retainGraph, int createGraph);

    [LibraryImport(Library)]
    public static partial int shim_grad(nint* outputs, long count, nint* inputs, long inputCount, nint* grads, long gradCount, int retainGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library)] public static partial int shim_get_num_threads();
    [LibraryImport(Library)] public static partial int shim_set_num_threads(int count);
    [LibraryImport(Library)] public static partial int shim_cuda_is_available();
    [LibraryImport(Library)] public static partial int shim_cuda_device_count();
    [LibraryImport(Library)] public static partial int shim_cuda_synchronize(long device);
    [LibraryImport(Library)] public static partial int shim_cuda_manual_seed(ulong seed, int all);
    [LibraryImport(Library)] public static partial int shim_manual_seed(ulong seed);
    [LibraryImport(Library)] public static partial nint shim_generator_default();
    [LibraryImport(Library)] public static partial nint shim_generator_new(ulong seed);
    [LibraryImport(Library)] public static partial void shim_generator_release(nint generator);
    [LibraryImport(Library)] public static partial ulong shim_generator_seed(nint generator);
    [LibraryImport(Library)] public static partial int shim_generator_set_seed(nint generator, ulong seed);
    [LibraryImport(Library)] public static partial nint shim_generator_state(nint generator);
    [LibraryImport(Library)] public static partial int shim_generator_set_state(nint generator, nint state);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void shim_fail(string message);

    [LibraryImport(Library)]
    public static partial nint shim_node_new(nint token, delegate* unmanaged<nint, nint*, int, nint*, int, int> backward, delegate* unmanaged<nint, void> release, nint* inputs, long count);

    [LibraryImport(Library)] public static partial void shim_node_release(nint node);
    [LibraryImport(Library)] public static partial int shim_node_attach(nint node, nint* inputs, long inputCount, nint* outputs, int* flags, long count, nint* results);
    [LibraryImport(Library)] public static partial int shim_node_save(nint node, nint* tensors, long count);
    [LibraryImport(Library)] public static partial nint shim_node_self(nint node);
    [LibraryImport(Library)] public static partial int shim_node_saved(nint node, long index, nint* result);
    [LibraryImport(Library)] public static partial nint shim_node_zeros(nint node, long index);
}
