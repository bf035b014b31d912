// Gradients: the grad mode and backward.
#include "shim.h"

#include <vector>

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

SHIM_API int32_t shim_grad_enabled() { return at::GradMode::is_enabled(); }
SHIM_API void shim_set_grad_enabled(int32_t value) { at::GradMode::set_enabled(value != 0); }

// Accumulates d(sum of grads * tensors) into the .grad of the inputs, of all leaves when there are none.
SHIM_API int32_t shim_backward(void* const* tensors, int64_t count, void* const* grads, int64_t grad_count, void* const* inputs, int64_t input_count, int32_t retain_graph, int32_t create_graph) {
    return shim::guarded<int32_t>(-1, [&] {
        torch::autograd::backward(shim::borrow_all(tensors, count), shim::borrow_all(grads, grad_count), retain_graph != 0, create_graph != 0, shim::borrow_all(inputs, input_count));
        return 0;
    });
}

// The gradients of the outputs with respect to the inputs, one handle an input (null where unused).
SHIM_API int32_t shim_grad(void* const* outputs, int64_t count, void* const* inputs, int64_t input_count, void* const* grads, int64_t grad_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, void** results) {
    return shim::guarded<int32_t>(-1, [&] {
        auto values = torch::autograd::grad(shim::borrow_all(outputs, count), shim::borrow_all(inputs, input_count), shim::borrow_all(grads, grad_count), retain_graph != 0, create_graph != 0, allow_unused != 0);
        for (size_t i = 0; i < values.size(); i++) results[i] = shim::release(values[i]);
        return 0;
    });
}
