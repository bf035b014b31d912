// The sum over a block, in every thread: halves of a warp, quarters, ..., then warps in order. warps: a number for each, used once.
template <class T> __device__ __forceinline__ T block_sum(T value, T* warps) {
#pragma unroll
  for (int distance = 16; distance > 0; distance >>= 1) value += __shfl_xor_sync(0xffffffffu, value, distance);
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  T sum = warps[0];
  for (int w = 1; w < blockDim.x / 32; w++) sum += warps[w];
  return sum;
}
