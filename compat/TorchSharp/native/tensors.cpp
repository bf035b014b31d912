// What a tensor is: shape, type, memory, and the flags that autograd keeps on it.
#include "shim.h"

#include <ATen/ops/_local_scalar_dense.h>
#include <c10/core/ScalarTypeToTypeMeta.h>

namespace {
c10::TensorImpl* impl(void* handle) { return static_cast<c10::TensorImpl*>(handle); }
}

SHIM_API void shim_tensor_release(void* handle) {
    c10::raw::intrusive_ptr::decref(static_cast<c10::intrusive_ptr_target*>(impl(handle)));
}

SHIM_API void* shim_tensor_share(void* handle) { return shim::release(shim::borrow(handle)); }

SHIM_API int64_t shim_tensor_dim(void* handle) { return impl(handle)->dim(); }
SHIM_API int64_t shim_tensor_numel(void* handle) { return impl(handle)->numel(); }
SHIM_API int64_t shim_tensor_element_size(void* handle) { return static_cast<int64_t>(impl(handle)->itemsize()); }
SHIM_API int64_t shim_tensor_storage_offset(void* handle) { return impl(handle)->storage_offset(); }
SHIM_API int32_t shim_tensor_scalar_type(void* handle) { return static_cast<int32_t>(c10::typeMetaToScalarType(impl(handle)->dtype())); }
SHIM_API int32_t shim_tensor_device_type(void* handle) { return static_cast<int32_t>(impl(handle)->device().type()); }
SHIM_API int32_t shim_tensor_device_index(void* handle) { return impl(handle)->device().index(); }
SHIM_API int32_t shim_tensor_is_contiguous(void* handle) { return impl(handle)->is_contiguous(); }

SHIM_API void shim_tensor_sizes(void* handle, int64_t* sizes) {
    auto values = impl(handle)->sizes();
    std::copy(values.begin(), values.end(), sizes);
}

SHIM_API void shim_tensor_strides(void* handle, int64_t* strides) {
    auto values = impl(handle)->strides();
    std::copy(values.begin(), values.end(), strides);
}

// The first element; null is a failure only when the tensor has elements.
SHIM_API void* shim_tensor_data(void* handle) {
    return shim::guarded<void*>(nullptr, [&] { return shim::borrow(handle).data_ptr(); });
}

SHIM_API void* shim_tensor_storage_data(void* handle) {
    return shim::guarded<void*>(nullptr, [&] { return shim::borrow(handle).storage().data_ptr().get(); });
}

SHIM_API int64_t shim_tensor_storage_bytes(void* handle) {
    return shim::guarded<int64_t>(-1, [&] { return static_cast<int64_t>(shim::borrow(handle).storage().nbytes()); });
}

// The value of a tensor with one element: 0 integer, 1 floating point, 2 truth value, -1 failed.
SHIM_API int32_t shim_tensor_item(void* handle, int64_t* integer, double* number) {
    return shim::guarded<int32_t>(-1, [&] {
        auto scalar = shim::borrow(handle).item();
        if (scalar.isBoolean()) {
            *integer = scalar.toBool();
            return 2;
        }
        if (scalar.isFloatingPoint()) {
            *number = scalar.toDouble();
            return 1;
        }
        *integer = scalar.toLong();
        return 0;
    });
}

SHIM_API int32_t shim_tensor_requires_grad(void* handle) { return shim::borrow(handle).requires_grad(); }
SHIM_API int32_t shim_tensor_is_leaf(void* handle) { return shim::borrow(handle).is_leaf(); }

SHIM_API int32_t shim_tensor_set_requires_grad(void* handle, int32_t value) {
    return shim::guarded<int32_t>(-1, [&] {
        shim::borrow(handle).requires_grad_(value != 0);
        return 0;
    });
}

SHIM_API int32_t shim_tensor_retain_grad(void* handle) {
    return shim::guarded<int32_t>(-1, [&] {
        shim::borrow(handle).retain_grad();
        return 0;
    });
}

SHIM_API void* shim_tensor_grad(void* handle) {
    return shim::guarded<void*>(nullptr, [&] { return shim::release(shim::borrow(handle).grad()); });
}

SHIM_API int32_t shim_tensor_set_grad(void* handle, void* grad) {
    return shim::guarded<int32_t>(-1, [&] {
        shim::borrow(handle).mutable_grad() = shim::borrow(grad);
        return 0;
    });
}
