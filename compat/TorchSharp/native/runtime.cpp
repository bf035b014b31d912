// Process-wide state: threads, random number generators, CUDA, version.
#include "shim.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/version.h>

namespace {

c10::GeneratorImpl* impl(void* handle) { return static_cast<c10::GeneratorImpl*>(handle); }

at::Generator borrow_generator(void* handle) {
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::unsafe_reclaim_from_nonowning(impl(handle)));
}

void* share(const at::Generator& generator) {
    c10::GeneratorImpl* result = generator.unsafeGetGeneratorImpl();
    c10::raw::intrusive_ptr::incref(result);
    return result;
}

}  // namespace

SHIM_API const char* shim_version() { return TORCH_VERSION; }

SHIM_API int32_t shim_get_num_threads() { return at::get_num_threads(); }

SHIM_API int32_t shim_set_num_threads(int32_t count) {
    return shim::guarded<int32_t>(-1, [&] {
        at::set_num_threads(count);
        return 0;
    });
}

SHIM_API int32_t shim_cuda_is_available() {
    return shim::guarded<int32_t>(0, [] { return static_cast<int32_t>(torch::cuda::is_available()); });
}

SHIM_API int32_t shim_cuda_device_count() {
    return shim::guarded<int32_t>(0, [] { return static_cast<int32_t>(torch::cuda::device_count()); });
}

SHIM_API int32_t shim_cuda_synchronize(int64_t device) {
    return shim::guarded<int32_t>(-1, [&] {
        torch::cuda::synchronize(device);
        return 0;
    });
}

SHIM_API int32_t shim_cuda_manual_seed(uint64_t seed, int32_t all) {
    return shim::guarded<int32_t>(-1, [&] {
        if (all) torch::cuda::manual_seed_all(seed);
        else torch::cuda::manual_seed(seed);
        return 0;
    });
}

// Seeds the generators of every device.
SHIM_API int32_t shim_manual_seed(uint64_t seed) {
    return shim::guarded<int32_t>(-1, [&] {
        at::manual_seed(seed);
        return 0;
    });
}

SHIM_API void* shim_generator_default() {
    return shim::guarded<void*>(nullptr, [] { return share(at::detail::getDefaultCPUGenerator()); });
}

SHIM_API void* shim_generator_new(uint64_t seed) {
    return shim::guarded<void*>(nullptr, [&] { return share(at::detail::createCPUGenerator(seed)); });
}

SHIM_API void shim_generator_release(void* handle) { c10::raw::intrusive_ptr::decref(impl(handle)); }

SHIM_API uint64_t shim_generator_seed(void* handle) { return impl(handle)->current_seed(); }

SHIM_API int32_t shim_generator_set_seed(void* handle, uint64_t seed) {
    return shim::guarded<int32_t>(-1, [&] {
        auto generator = borrow_generator(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_current_seed(seed);
        return 0;
    });
}

SHIM_API void* shim_generator_state(void* handle) {
    return shim::guarded<void*>(nullptr, [&] { return shim::release(borrow_generator(handle).get_state()); });
}

SHIM_API int32_t shim_generator_set_state(void* handle, void* state) {
    return shim::guarded<int32_t>(-1, [&] {
        borrow_generator(handle).set_state(shim::borrow(state));
        return 0;
    });
}
