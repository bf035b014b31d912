// Autograd nodes whose backward is written in C# (torch.autograd.Function).
#include "shim.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

using torch::autograd::Edge;
using torch::autograd::Node;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

namespace {

// What points to a node: std::shared_ptr in libtorch 1.13 to 2.11, c10::intrusive_ptr in later ones.
using NodePointer = decltype(Edge::function);

// Fills one handle for each tensor input from one for each output (null where no gradient arrived); 0, or -1 after shim_fail.
using Backward = int32_t (*)(int64_t token, void* const* grads, int32_t count, void** results, int32_t inputs);
using Release = void (*)(int64_t token);

struct ManagedNode : Node {
    ManagedNode(int64_t token, Backward backward, Release release) : token(token), backward(backward), release(release) {}
    ~ManagedNode() override { release(token); }

    std::string name() const override { return "ManagedFunction"; }

    variable_list apply(variable_list&& grads) override {
        std::vector<void*> handles, results(num_outputs(), nullptr);
        for (auto& grad : grads) handles.push_back(shim::release(std::move(grad)));
        int32_t status = backward(token, handles.data(), static_cast<int32_t>(handles.size()), results.data(), static_cast<int32_t>(results.size()));
        if (status != 0) throw std::runtime_error(shim::last_error);
        variable_list outputs;
        for (void* result : results) outputs.push_back(result == nullptr ? at::Tensor() : shim::adopt(result));
        return outputs;
    }

    void release_variables() override {
        std::lock_guard<std::mutex> lock(mutex_);
        for (auto& variable : saved) variable.reset_data();
    }

    NodePointer pointer() { return pointer_to<NodePointer>(this); }

    std::vector<SavedVariable> saved;
    std::vector<std::pair<std::vector<int64_t>, at::TensorOptions>> outputs;

private:
    // Templates, so that of the two branches only the one that fits this libtorch is compiled.
    template <typename Pointer, typename T>
    static Pointer pointer_to(T* node) {
        if constexpr (std::is_same_v<Pointer, std::shared_ptr<Node>>) return node->shared_from_this();
        else return Pointer::unsafe_reclaim_from_nonowning(node);
    }

    int64_t token;
    Backward backward;
    Release release;
};

ManagedNode* node_of(void* handle) { return static_cast<ManagedNode*>(static_cast<NodePointer*>(handle)->get()); }

template <typename Pointer, typename... Arguments>
Pointer make_node(Arguments... arguments) {
    if constexpr (std::is_same_v<Pointer, std::shared_ptr<Node>>) return Pointer(new ManagedNode(arguments...));
    else return Pointer(c10::make_intrusive<ManagedNode>(arguments...));
}

bool contains(const std::vector<at::Tensor>& tensors, const at::Tensor& tensor) {
    return std::any_of(tensors.begin(), tensors.end(), [&](const at::Tensor& other) { return other.is_same(tensor); });
}

// Makes the node the origin of one output. What forward returned is one of: something new, an input as it was (returned
// as a view of it), an input changed in place (dirty), or something that has no gradient.
at::Tensor attach(const NodePointer& node, at::Tensor output, const std::vector<at::Tensor>& inputs, bool dirty, bool differentiable) {
    bool is_input = contains(inputs, output);
    if (!differentiable || !torch::autograd::isDifferentiableType(output.scalar_type())) {
        node->add_input_metadata(Node::undefined_input());
        return is_input && !dirty ? output.detach() : output;
    }
    if (dirty) {
        if (output.is_leaf() && output.requires_grad()) throw std::runtime_error("a leaf tensor that requires grad was marked dirty: it cannot be changed in place");
        uint32_t number = node->add_input_metadata(output);
        torch::autograd::impl::rebase_history(output, {node, number});
        return output;
    }
    if (is_input) {
        at::NoGradGuard guard;
        output = output.view(output.sizes());
    }
    uint32_t number = node->add_input_metadata(output);
    torch::autograd::impl::set_gradient_edge(output, {node, number});
    return output;
}

}  // namespace

SHIM_API void shim_fail(const char* message) { shim::last_error = message; }

// A node with one edge for each tensor input.
SHIM_API void* shim_node_new(int64_t token, Backward backward, Release release, void* const* inputs, int64_t count) {
    return shim::guarded<void*>(nullptr, [&]() -> void* {
        auto node = make_node<NodePointer>(token, backward, release);
        for (const auto& input : shim::borrow_all(inputs, count)) node->add_next_edge(torch::autograd::impl::gradient_edge(input));
        return new NodePointer(std::move(node));
    });
}

// The graph keeps the node from here on.
SHIM_API void shim_node_release(void* handle) { delete static_cast<NodePointer*>(handle); }

// The outputs of forward as outputs of the node. flags: one bit set for dirty (1), one for non-differentiable (2).
SHIM_API int32_t shim_node_attach(void* handle, void* const* inputs, int64_t input_count, void* const* outputs, const int32_t* flags, int64_t count, void** results) {
    return shim::guarded<int32_t>(-1, [&] {
        const auto& node = *static_cast<NodePointer*>(handle);
        auto sources = shim::borrow_all(inputs, input_count);
        for (int64_t i = 0; i < count; i++) {
            auto output = shim::borrow(outputs[i]);
            if (flags[i] & 1) output.unsafeGetTensorImpl()->bump_version();
            node_of(handle)->outputs.emplace_back(output.sizes().vec(), output.options());
            results[i] = shim::release(attach(node, output, sources, flags[i] & 1, !(flags[i] & 2)));
        }
        return 0;
    });
}

// Keeps tensors for backward; an output of the node itself is kept without a cycle.
SHIM_API int32_t shim_node_save(void* handle, void* const* tensors, int64_t count) {
    return shim::guarded<int32_t>(-1, [&] {
        auto* node = node_of(handle);
        node->saved.clear();
        for (const auto& tensor : shim::borrow_all(tensors, count))
            node->saved.emplace_back(tensor, tensor.defined() && tensor.grad_fn().get() == static_cast<Node*>(node));
        return 0;
    });
}

// The functions below are called from backward, with the node itself.
SHIM_API void* shim_node_self(void* handle) { return node_of(handle); }

// Null with no message: an undefined tensor was saved.
SHIM_API int32_t shim_node_saved(void* node, int64_t index, void** result) {
    return shim::guarded<int32_t>(-1, [&] {
        auto* self = static_cast<ManagedNode*>(node);
        *result = shim::release(self->saved.at(index).unpack(self->pointer()));
        return 0;
    });
}

// Zeros in the form of an output, for a gradient that did not arrive.
SHIM_API void* shim_node_zeros(void* node, int64_t index) {
    return shim::guarded<void*>(nullptr, [&] {
        const auto& [sizes, options] = static_cast<ManagedNode*>(node)->outputs.at(index);
        return shim::release(at::zeros(sizes, options));
    });
}
