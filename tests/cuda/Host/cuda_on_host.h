// Runs kernels of the CUDA subset that our sources use on the CPU (x86-64). A block's threads are fibers on one host thread; a fiber runs
// until a barrier or an exchange within its warp, and a warp runs as far as it can before the next one starts: first to last, or last to
// first ("backwards"; lanes and blocks too). Code that lacks a barrier reads what is not there yet in one of the two.
// Blocks run one after another, until one counts at a counter that blocks share or waits for one: then another goes on, up to four in turns, in an
// order drawn from a fixed seed, so that what waits too little reads what is not there yet. "Alone": one block at a time, to its end: a
// kernel whose blocks need others beside them never ends there, which is noticed.
// Dynamic shared memory holds 0xFF (a NaN in every type) before each block and has a red zone on both sides.
// Not modelled: bank conflicts, the memory model between blocks, the rounding of approximate instructions and of tensor cores, speed.
#pragma once
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <type_traits>
#include <unordered_map>
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
enum Schedule { LastFirst = 1, Alone = 2 };
enum class State { Finished, Stuck, Counted, Waits };  // of a block, when it stops

struct Fiber {
  void* stack = nullptr;            // saved stack pointer while it does not run
  Index thread;
  bool done = false;
  const unsigned* waits = nullptr;  // it waits until this number differs from `was`
  unsigned was = 0;
  bool looks = false;               // it waits for a counter that blocks share
};

#ifdef REPLAY
constexpr size_t StackBytes = 256 << 10, RedZoneBytes = 0;  // the address sanitizer has its own
struct Named { const char* name; int (*launch)(unsigned, unsigned, unsigned, unsigned, int, void**, int); };
#else
constexpr size_t StackBytes = 256 << 10, RedZoneBytes = 4096;
#endif
constexpr unsigned WarpSize = 32, MaximumThreads = 1024, Residents = 4, MostLooks = 100000;
constexpr unsigned char Poison = 0xFF;

// What a block has to itself.
struct Block {
  Fiber fibers[MaximumThreads];
  Index index;
  bool runs = false;
  unsigned arrived, generation;      // of the block's barrier
  unsigned warp_arrived[MaximumThreads / WarpSize], warp_generation[MaximumThreads / WarpSize];
  uint64_t lanes[MaximumThreads];
  unsigned char *memory = nullptr, *shared;
};

inline Block blocks[Residents];
inline unsigned slot;                // of the block that runs
inline Fiber* fibers = blocks[0].fibers;
inline uint64_t* lanes = blocks[0].lanes;
inline unsigned now;                 // the fiber that runs
inline void* scheduler;              // the scheduler's saved stack pointer
inline Index grid, dim;
inline bool backwards, alone, counted;
inline unsigned char* shared;
inline size_t shared_bytes;
inline unsigned char *stacks_from, *stacks_to;
inline uint64_t bytes_read, bytes_written;  // of Eights in global memory, by the last launch
inline uint64_t bytes_again, window;        // read of what was read or written at most so many bytes of Eights before, where there is a window
inline std::unordered_map<uintptr_t, uint64_t> touched;
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
inline void block_barrier() { wait(blocks[slot].arrived, blocks[slot].generation, dim.x); }
inline void warp_barrier() {
  unsigned warp = now / WarpSize;
  wait(blocks[slot].warp_arrived[warp], blocks[slot].warp_generation[warp], smaller(WarpSize, dim.x - warp * WarpSize));
}

// Behind each change of a counter that blocks share: another block's turn. And while waiting for one: the block's other threads, then another block's turn.
inline void after_count() {
  counted = true;
  yield();
}
inline void look_again() {
  fibers[now].looks = true;
  yield();
}
template <class T> T exchange(T value, unsigned lane) {
  static_assert(sizeof(T) <= sizeof(uint64_t));
  memcpy(&lanes[now], &value, sizeof value);
  warp_barrier();
  memcpy(&value, &lanes[(now & ~31u) + (lane & 31)], sizeof value);
  warp_barrier();
  return value;
}

// Runs the fibers of a block until it stops.
inline State run_block() {
  unsigned warps = (dim.x + WarpSize - 1) / WarpSize;
  for (unsigned t = 0; t < dim.x; t++) fibers[t].looks = false;
  counted = false;
  for (bool moved = true; moved;) {
    moved = false;
    for (unsigned k = 0; k < warps; k++) {
      unsigned warp = backwards ? warps - 1 - k : k, from = warp * WarpSize, count = smaller(WarpSize, dim.x - from);
      for (bool runs = true; runs;) {
        runs = false;
        for (unsigned lane = 0; lane < count; lane++) {
          now = from + (backwards ? count - 1 - lane : lane);
          Fiber& fiber = fibers[now];
          if (fiber.done || fiber.looks || (fiber.waits && *fiber.waits == fiber.was)) continue;
          host_switch(&scheduler, fiber.stack);
          if (counted) return State::Counted;
          runs = moved = true;
        }
      }
    }
  }
  bool done = true;
  for (unsigned t = 0; t < dim.x; t++) {
    if (fibers[t].looks) return State::Waits;
    done &= fibers[t].done;
  }
  return done ? State::Finished : State::Stuck;
}

inline void turn_to(unsigned to) {
  slot = to;
  fibers = blocks[to].fibers;
  lanes = blocks[to].lanes;
  shared = blocks[to].shared;
}

inline void start(unsigned number, size_t size) {
  Block& block = blocks[slot];
  if (!block.memory && posix_memalign((void**)&block.memory, 128, size) != 0) abort();
  shared = block.shared = block.memory + RedZoneBytes;
  memset(block.memory, Poison, size);
  block.index = {number % grid.x, number / grid.x, 0};
  block.runs = true;
  block.arrived = 0;
  memset(block.warp_arrived, 0, sizeof block.warp_arrived);
  for (unsigned t = 0; t < dim.x; t++) {
    fibers[t] = {};
    fibers[t].thread = {t, 0, 0};
    void** top = (void**)(((uintptr_t)stacks_from + (slot * dim.x + t + 1) * StackBytes) & ~(uintptr_t)15);
    *--top = nullptr;
    *--top = (void*)first_step;
    for (int saved = 0; saved < 6; saved++) *--top = nullptr;
    fibers[t].stack = top;
  }
}

inline int run_grid(size_t bytes) {
  const unsigned count = grid.x * grid.y, residents = alone ? 1 : smaller(Residents, count);
  if (size_t size = residents * dim.x * StackBytes; size > size_t(stacks_to - stacks_from)) {
    free(stacks_from);
    stacks_from = (unsigned char*)malloc(size);
    stacks_to = stacks_from + size;
  }
  const size_t size = bytes + 2 * RedZoneBytes;
  shared_bytes = bytes;
  bytes_read = bytes_written = bytes_again = 0;
  touched.clear();
  Result result = Done;
  unsigned started = 0, looks = 0, seed = backwards ? 7 : 1;
  turn_to(0);
  while (result == Done) {
    if (!blocks[slot].runs) {
      if (started < count) {
        start(backwards ? count - 1 - started : started, size);
        started++;
      } else {
        unsigned other = 0;
        while (other < residents && !blocks[other].runs) other++;
        if (other == residents) break;
        turn_to(other);
      }
    }
    Block& block = blocks[slot];
    State state = run_block();
    looks = state == State::Waits ? looks + 1 : 0;
    if (state == State::Stuck || looks == MostLooks) result = Deadlock;
    block.runs = state != State::Finished;
    for (unsigned char* p = block.memory; !block.runs && p < block.memory + size; p++)
      if ((p < shared || p >= shared + bytes) && *p != Poison) result = RedZone;
    if (!block.runs || result != Done) continue;
    seed = seed * 1664525 + 1013904223;
    turn_to((seed >> 16) % residents);
  }
  for (Block& block : blocks) {
    free(block.memory);
    block.memory = nullptr;
    block.runs = false;
  }
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
  backwards = last_first & LastFirst;
  alone = last_first & Alone;
  return launch(kernel, arguments, bytes, std::index_sequence_for<P...>());
}
}

#define HOST_EXPORT extern "C" __attribute__((visibility("default")))
HOST_EXPORT uint64_t host_bytes(int which) { return which == 0 ? host::bytes_read : which == 1 ? host::bytes_written : host::bytes_again; }
HOST_EXPORT void host_window(uint64_t bytes) { host::window = bytes; }
#define HOST_KERNEL(name) \
  HOST_EXPORT int host_##name(unsigned x, unsigned y, unsigned threads, unsigned bytes, int last_first, void** arguments, int count) { \
    return host::launch(name, x, y, threads, bytes, last_first, arguments, count); \
  }
#define threadIdx (host::fibers[host::now].thread)
#define blockIdx (host::blocks[host::slot].index)
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
