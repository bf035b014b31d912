// Calls any ATen operator by schema through the dispatcher's boxed interface.
#include "shim.h"

#include <memory>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/List.h>

namespace {

// Mirrored by NativeValue in Interop/NativeValue.cs.
enum class Kind : int32_t { None, Tensor, Int, Double, Bool, IntList, TensorList, OptionalTensorList, String, Device, Generator, DoubleList };

struct Value {
    Kind kind;
    int32_t count;  // elements of a list, bytes of a string, device type of a device
    union {
        int64_t integer;
        double number;
        void* pointer;
    };
};

struct Operator {
    c10::OperatorHandle handle;
    std::vector<c10::optional<c10::IValue>> defaults;
};

c10::IValue unpack(const Value& value) {
    switch (value.kind) {
        case Kind::None: return c10::IValue();
        case Kind::Tensor: return c10::IValue(shim::borrow(value.pointer));
        case Kind::Int: return c10::IValue(value.integer);
        case Kind::Double: return c10::IValue(value.number);
        case Kind::Bool: return c10::IValue(value.integer != 0);
        case Kind::IntList: {
            auto first = static_cast<const int64_t*>(value.pointer);
            return c10::IValue(std::vector<int64_t>(first, first + value.count));
        }
        case Kind::DoubleList: {
            auto first = static_cast<const double*>(value.pointer);
            return c10::IValue(std::vector<double>(first, first + value.count));
        }
        case Kind::TensorList: return c10::IValue(shim::borrow_all(static_cast<void* const*>(value.pointer), value.count));
        case Kind::OptionalTensorList: {
            c10::List<c10::optional<at::Tensor>> list;
            list.reserve(value.count);
            for (int32_t i = 0; i < value.count; i++) {
                void* handle = static_cast<void* const*>(value.pointer)[i];
                list.push_back(handle == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(shim::borrow(handle)));
            }
            return c10::IValue(std::move(list));
        }
        case Kind::String: return c10::IValue(std::string(static_cast<const char*>(value.pointer), value.count));
        case Kind::Device: return c10::IValue(c10::Device(static_cast<c10::DeviceType>(value.count), static_cast<c10::DeviceIndex>(value.integer)));
        case Kind::Generator:
            return c10::IValue(at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::unsafe_reclaim_from_nonowning(static_cast<c10::GeneratorImpl*>(value.pointer))));
    }
    throw std::runtime_error("an argument of an unknown kind");
}

// Results past the room the caller gave wait here until the next call on this thread.
thread_local std::vector<void*> results;

void collect(c10::IValue& result) {
    if (result.isTensor()) {
        results.push_back(shim::release(std::move(result).toTensor()));
    } else if (result.isTensorList()) {
        for (const at::Tensor& tensor : result.toTensorVector()) results.push_back(shim::release(tensor));
    } else {
        throw std::runtime_error("the operator returns something that is no tensor");
    }
}

}  // namespace

SHIM_API const char* shim_last_error() { return shim::last_error.c_str(); }

// The operator with this name ("aten::add") and overload ("Tensor"); null when this libtorch has none.
SHIM_API void* shim_operator_find(const char* name, const char* overload) {
    return shim::guarded<void*>(nullptr, [&]() -> void* {
        auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
        if (!handle.has_value()) {
            shim::last_error = std::string("libtorch ") + " has no operator " + name + (*overload ? "." : "") + overload;
            return nullptr;
        }
        auto result = std::make_unique<Operator>(Operator{*handle, {}});
        for (const auto& argument : handle->schema().arguments())
            result->defaults.push_back(argument.default_value() ? c10::optional<c10::IValue>(*argument.default_value()) : c10::optional<c10::IValue>());
        return result.release();  // operators live as long as the process
    });
}

// Calls the operator; arguments that are not given take the schema's defaults. Returns the number of tensors that came
// back, or -1. The first `room` of them are in outputs, all of them in shim_operator_results until the next call.
// With outputs null the results are dropped (in-place operators return what the caller already has).
SHIM_API int32_t shim_operator_call(void* handle, const Value* arguments, int32_t count, void** outputs, int32_t room) {
    return shim::guarded<int32_t>(-1, [&]() -> int32_t {
        auto* op = static_cast<Operator*>(handle);
        torch::jit::Stack stack;
        stack.reserve(op->defaults.size());
        for (int32_t i = 0; i < count; i++) stack.push_back(unpack(arguments[i]));
        for (size_t i = count; i < op->defaults.size(); i++) {
            if (!op->defaults[i].has_value())
                throw std::runtime_error("argument '" + op->handle.schema().arguments()[i].name() + "' of " + op->handle.schema().name() + " is missing");
            stack.push_back(*op->defaults[i]);
        }
        op->handle.callBoxed(&stack);
        if (outputs == nullptr) return 0;
        if (stack.size() == 1 && stack[0].isTensor()) {
            outputs[0] = shim::release(std::move(stack[0]).toTensor());
            return 1;
        }
        results.clear();
        for (auto& value : stack) collect(value);
        for (size_t i = 0; i < results.size() && i < static_cast<size_t>(room); i++) outputs[i] = results[i];
        return static_cast<int32_t>(results.size());
    });
}

SHIM_API void* const* shim_operator_results() { return results.data(); }
