// What kernels share whose blocks wait for one another. A block takes its items from one counter, and an item waits only for items with
// lower numbers: those are in the hands of blocks that run, so a grid comes to its end however few of its blocks a GPU holds at a time, beside whatever
// else. Which block has an item decides no sum.
// Counters are zero before the first launch; the last block to leave sets them to zero again, so that the next launch, or a graph's replay, may
// follow on the same stream. Two streams need counters of their own.
#ifdef __CUDACC__
// Counts one more; gives what was before. What the thread did or saw before is seen by whoever counts or looks after it.
__device__ __forceinline__ u32 count_up(u32* counter) {
  u32 before;
  asm volatile("atom.add.acq_rel.gpu.u32 %0, [%1], 1;" : "=r"(before) : "l"(counter) : "memory");
  return before;
}

__device__ __forceinline__ u32 counted(const u32* counter) {
  u32 value;
  asm volatile("ld.acquire.gpu.u32 %0, [%1];" : "=r"(value) : "l"(counter) : "memory");
  return value;
}

__device__ __forceinline__ void look_later() { asm volatile("nanosleep.u32 32;"); }

// Brings a line into the second-level cache.
__device__ __forceinline__ void prefetch(const void* address) { asm volatile("prefetch.global.L2 [%0];" :: "l"(address)); }

// Copies a float to shared memory while the thread goes on; it is there for this thread after copies_done.
__device__ __forceinline__ void copy_later(float* shared, const float* from) {
  asm volatile("{ .reg .u64 at; cvta.to.shared.u64 at, %0; .reg .u32 low; cvt.u32.u64 low, at; cp.async.ca.shared.global [low], [%1], 4; }"
               :: "l"(shared), "l"(from) : "memory");
}
__device__ __forceinline__ void copies_done() { asm volatile("cp.async.wait_all;" ::: "memory"); }
#endif

// One thread waits for a counter, then the whole block goes on and sees what was done before the counts.
__device__ __forceinline__ void await(const u32* counter, u32 count) {
  if (threadIdx.x == 0)
    while (counted(counter) < count) look_later();
  __syncthreads();
}

// The next item's number for the whole block. place: a word of shared memory. Between two calls stands a barrier: all have read the number before.
__device__ __forceinline__ int next_item(u32* items, int* place) {
  if (threadIdx.x == 0) *place = (int)count_up(items);
  __syncthreads();
  return *place;
}

// The last block to leave sets all counters, the first of which counts those that left, to zero.
__device__ __forceinline__ void leave(u32* counters, int count, int* place) {
  __syncthreads();
  if (threadIdx.x == 0) *place = count_up(counters) == gridDim.x - 1;
  __syncthreads();
  if (!*place) return;
  for (int k = threadIdx.x; k < count; k += blockDim.x) counters[k] = 0;
}
