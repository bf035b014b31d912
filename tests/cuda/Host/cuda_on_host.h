// Runs kernels of the CUDA subset that our sources use on the CPU (x86-64), one block after another. A block's threads are fibers on one
// host thread; a fiber runs until a barrier or an exchange within its warp, and a warp runs as far as it can before the next one starts:
// first to last, or last to first ("backwards"; lanes and blocks too). Code that lacks a barrier reads what is not there yet in one of the two.
// Dynamic shared memory holds 0xFF (a NaN in every type) before each block and has a red zone on both sides.
// Not modelled: bank conflicts, the memory model between blocks, the rounding of approximate instructions and of tensor cores, speed.
#pragma once
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <type_traits>
#include <utility>

#define __global__
#define __device__
#define __forceinline__ inline
#define __restrict__ __restrict
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
struct float2 { float x, y; };
struct uint2 { unsigned x, y; };

namespace host {
struct Index { unsigned x = 0, y = 0, z = 0; };
enum Result { Done = 0, WrongArguments = 1, Deadlock = 2, RedZone = 3 };

struct Fiber {
  void* stack = nullptr;            // saved stack pointer while it does not run
  Index thread;
  bool done = false;
  const unsigned* waits = nullptr;  // it waits until this number differs from `was`
  unsigned was = 0;
};

#ifdef REPLAY
constexpr size_t StackBytes = 256 << 10, RedZoneBytes = 0;  // the address sanitizer has its own
struct Named { const char* name; int (*launch)(unsigned, unsigned, unsigned, unsigned, int, void**, int); };
#else
constexpr size_t StackBytes = 256 << 10, RedZoneBytes = 4096;
#endif
constexpr unsigned WarpSize = 32, MaximumThreads = 1024;
constexpr unsigned char Poison = 0xFF;

inline Fiber fibers[MaximumThreads];
inline unsigned now;                 // the fiber that runs
inline void* scheduler;              // the scheduler's saved stack pointer
inline Index grid, dim, index;
inline bool backwards;
inline unsigned arrived, generation; // of the block's barrier
inline unsigned warp_arrived[MaximumThreads / WarpSize], warp_generation[MaximumThreads / WarpSize];
inline uint64_t lanes[MaximumThreads];
inline unsigned char* shared;
inline size_t shared_bytes;
inline unsigned char *stacks_from, *stacks_to;
inline uint64_t bytes_read, bytes_written;  // of Eights in global memory, by the last launch
inline void (*entry)();

extern "C" void host_switch(void** from, void* to);
asm(".text\n.globl host_switch\n.hidden host_switch\nhost_switch:\n"
    " push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n mov %rsp,(%rdi)\n mov %rsi,%rsp\n"
    " pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n ret\n");

inline unsigned smaller(unsigned a, unsigned b) { return a < b ? a : b; }
inline void yield() { host_switch(&fibers[now].stack, scheduler); }
inline void first_step() {
  entry();
  fibers[now].done = true;
  for (;;) yield();
}

inline void wait(unsigned& count, unsigned& number, unsigned wanted) {
  if (++count == wanted) {
    count = 0;
    number++;
    return;
  }
  Fiber& me = fibers[now];
  me.waits = &number;
  me.was = number;
  yield();
  me.waits = nullptr;
}
inline void block_barrier() { wait(arrived, generation, dim.x); }
inline void warp_barrier() {
  unsigned warp = now / WarpSize;
  wait(warp_arrived[warp], warp_generation[warp], smaller(WarpSize, dim.x - warp * WarpSize));
}
template <class T> T exchange(T value, unsigned lane) {
  static_assert(sizeof(T) <= sizeof(uint64_t));
  memcpy(&lanes[now], &value, sizeof value);
  warp_barrier();
  memcpy(&value, &lanes[(now & ~31u) + (lane & 31)], sizeof value);
  warp_barrier();
  return value;
}

// Runs the fibers of a block to their ends; false when all that are left wait for one another.
inline bool run_block() {
  unsigned warps = (dim.x + WarpSize - 1) / WarpSize;
  for (bool moved = true; moved;) {
    moved = false;
    for (unsigned k = 0; k < warps; k++) {
      unsigned warp = backwards ? warps - 1 - k : k, from = warp * WarpSize, count = smaller(WarpSize, dim.x - from);
      for (bool runs = true; runs;) {
        runs = false;
        for (unsigned lane = 0; lane < count; lane++) {
          now = from + (backwards ? count - 1 - lane : lane);
          Fiber& fiber = fibers[now];
          if (fiber.done || (fiber.waits && *fiber.waits == fiber.was)) continue;
          host_switch(&scheduler, fiber.stack);
          runs = moved = true;
        }
      }
    }
  }
  for (unsigned t = 0; t < dim.x; t++)
    if (!fibers[t].done) return false;
  return true;
}

inline int run_grid(size_t bytes) {
  if (size_t size = dim.x * StackBytes; size > size_t(stacks_to - stacks_from)) {
    stacks_from = (unsigned char*)realloc(stacks_from, size);
    stacks_to = stacks_from + size;
  }
  const size_t size = bytes + 2 * RedZoneBytes;
  unsigned char* memory;
  if (posix_memalign((void**)&memory, 128, size) != 0) abort();
  shared = memory + RedZoneBytes;
  shared_bytes = bytes;
  bytes_read = bytes_written = 0;
  Result result = Done;
  const unsigned blocks = grid.x * grid.y;
  for (unsigned k = 0; k < blocks && result == Done; k++) {
    unsigned block = backwards ? blocks - 1 - k : k;
    index = {block % grid.x, block / grid.x, 0};
    memset(memory, Poison, size);
    arrived = 0;
    memset(warp_arrived, 0, sizeof warp_arrived);
    for (unsigned t = 0; t < dim.x; t++) {
      fibers[t] = {};
      fibers[t].thread = {t, 0, 0};
      void** top = (void**)(((uintptr_t)stacks_from + (t + 1) * StackBytes) & ~(uintptr_t)15);
      *--top = nullptr;
      *--top = (void*)first_step;
      for (int saved = 0; saved < 6; saved++) *--top = nullptr;
      fibers[t].stack = top;
    }
    if (!run_block()) result = Deadlock;
    for (unsigned char* p = memory; p < memory + size; p++)
      if ((p < shared || p >= shared + bytes) && *p != Poison) result = RedZone;
  }
  free(memory);
  return result;
}

// One kernel with the arguments as cuLaunchKernel takes them: one address an argument, read as the kernel's own parameter types.
template <class... P, size_t... K> int launch(void (*kernel)(P...), void** arguments, size_t bytes, std::index_sequence<K...>) {
  static void** values;
  static void (*called)(P...);
  values = arguments;
  called = kernel;
  entry = [] { called(*(std::decay_t<P>*)values[K]...); };
  return run_grid(bytes);
}
template <class... P> int launch(void (*kernel)(P...), unsigned x, unsigned y, unsigned threads, unsigned bytes, int last_first, void** arguments, int count) {
  if (count != (int)sizeof...(P) || threads == 0 || threads > MaximumThreads || x == 0 || y == 0 || y > 65535) return WrongArguments;
  grid = {x, y, 1};
  dim = {threads, 1, 1};
  backwards = last_first != 0;
  return launch(kernel, arguments, bytes, std::index_sequence_for<P...>());
}
}

#define HOST_EXPORT extern "C" __attribute__((visibility("default")))
HOST_EXPORT uint64_t host_bytes(int written) { return written ? host::bytes_written : host::bytes_read; }
#define HOST_KERNEL(name) \
  HOST_EXPORT int host_##name(unsigned x, unsigned y, unsigned threads, unsigned bytes, int last_first, void** arguments, int count) { \
    return host::launch(name, x, y, threads, bytes, last_first, arguments, count); \
  }
#define threadIdx (host::fibers[host::now].thread)
#define blockIdx (host::index)
#define blockDim (host::dim)
#define gridDim (host::grid)
#define SHARED_FLOATS(name) float* name = (float*)host::shared

inline int max(int a, int b) { return a > b ? a : b; }
inline int min(int a, int b) { return a < b ? a : b; }
inline void __syncthreads() { host::block_barrier(); }
inline void __syncwarp() { host::warp_barrier(); }
template <class T> T __shfl_xor_sync(unsigned, T value, int distance) { return host::exchange(value, (host::now & 31) ^ distance); }
inline float __uint_as_float(unsigned bits) { float value; memcpy(&value, &bits, 4); return value; }
inline unsigned __float_as_uint(float value) { unsigned bits; memcpy(&bits, &value, 4); return bits; }
inline float rsqrtf(float value) { return 1 / sqrtf(value); }
