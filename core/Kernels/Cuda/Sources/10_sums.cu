// Adds up partial sums, always in the same order.

// target[k] = sum over p of partial[p][k], p in order. Grid [count / 256]: a thread has a number.
extern "C" __global__ void __launch_bounds__(256) sum_partials(const float* __restrict__ partial, float* __restrict__ target, int parts, int count) {
  const int k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k >= count) return;
  float sum = partial[k];
#pragma unroll 4
  for (int p = 1; p < parts; p++) sum += partial[(size_t)p * count + k];
  target[k] = sum;
}

// The gradients of base and scale: own [Biases + Scales, parts]. Grid [Biases + Scales], 256 threads: every 256th part by thread, then halves
// of a warp, then warps in order. Shared: 8 floats.
extern "C" __global__ void __launch_bounds__(256) sum_own(const float* __restrict__ own, float* __restrict__ gbias, float* __restrict__ gscale, int parts) {
  SHARED_FLOATS(warps);
  const int k = blockIdx.x, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  float sum = 0;
  for (int p = threadIdx.x; p < parts; p += blockDim.x) sum += own[(size_t)k * parts + p];
  sum = warp_sum(sum);
  if (lane == 0) warps[warp] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    sum = warps[0];
    for (int w = 1; w < blockDim.x / 32; w++) sum += warps[w];
    if (k < Biases) gbias[k] = sum;
    else gscale[k - Biases] = sum;
  }
}
