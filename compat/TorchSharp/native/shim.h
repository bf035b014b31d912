// The C ABI between compat/TorchSharp's C# and ATen. A tensor crosses it as a c10::TensorImpl* that owns one
// reference; the C# side gives that reference back with shim_tensor_release. Errors come back as a failure value,
// and the message waits in shim_last_error (per thread).
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#define SHIM_API extern "C" __attribute__((visibility("default")))

namespace shim {

inline thread_local std::string last_error;

// A new at::Tensor that shares the object behind the handle; the handle keeps its own reference.
inline at::Tensor borrow(void* handle) {
    return handle == nullptr
        ? at::Tensor()
        : at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::unsafe_reclaim_from_nonowning(static_cast<c10::TensorImpl*>(handle)));
}

// Hands the tensor's reference over to the caller; an undefined tensor is a null handle.
inline void* release(at::Tensor tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

// Takes over the reference that a handle owns.
inline at::Tensor adopt(void* handle) {
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle)));
}

inline std::vector<at::Tensor> borrow_all(void* const* handles, int64_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
    return tensors;
}

// Runs body; on an exception keeps its message and returns failure.
template <typename T, typename Body>
T guarded(T failure, Body&& body) noexcept {
    try {
        return body();
    } catch (const c10::Error& e) {
        last_error = e.what_without_backtrace();
    } catch (const std::exception& e) {
        last_error = e.what();
    } catch (...) {
        last_error = "unknown native error";
    }
    return failure;
}

}  // namespace shim
