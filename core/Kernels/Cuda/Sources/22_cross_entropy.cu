// Cross-entropy of a chunk of logits [t, V], and its gradient (softmax - one-hot) scale in their place. A block has a row, a thread every
// eight of it that is its turn. Reads V for the largest and the sum at once (arXiv 1805.02867), and for the gradient again, from L2 where the
// row fits there; writes V. Sums: by thread, halves of a warp, warps in order; rows in cross_entropy_sum.
constexpr long long Ignored = -100;
constexpr float Lowest = -3.402823466e38f;

// Brings two sums of exp(x - highest) to one.
__device__ __forceinline__ void merge(float& highest, float& sum, float other_highest, float other_sum) {
  float both = highest > other_highest ? highest : other_highest;
  sum = sum * expf(highest - both) + other_sum * expf(other_highest - both);
  highest = both;
}

// Shared: two floats a warp.
extern "C" __global__ void __launch_bounds__(512) cross_entropy(
    Element* __restrict__ logits, const long long* __restrict__ targets, float* __restrict__ losses, int vocabulary, float scale, int gradient, int whole) {
  SHARED_FLOATS(warps);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, count = blockDim.x / 32;
  const long long target = targets[blockIdx.x];
  Element* row = logits + (size_t)blockIdx.x * vocabulary;
  if (target == Ignored) {
    if (threadIdx.x == 0) losses[blockIdx.x] = 0;
    const float zeros[8] = {};
    for (int at = threadIdx.x * 8; gradient && at < vocabulary; at += blockDim.x * 8) store(row, at, vocabulary, whole, zeros);
    return;
  }
  float highest = Lowest, sum = 0;
#pragma unroll 2
  for (int at = threadIdx.x * 8; at < vocabulary; at += blockDim.x * 8) {
    float v[8], largest = highest, own = 0;
    load(row, at, vocabulary, whole, v, Lowest);
#pragma unroll
    for (int k = 0; k < 8; k++) largest = v[k] > largest ? v[k] : largest;
#pragma unroll
    for (int k = 0; k < 8; k++) own += at + k < vocabulary ? expf(v[k] - largest) : 0;
    sum = sum * expf(highest - largest) + own;
    highest = largest;
  }
#pragma unroll
  for (int distance = 16; distance > 0; distance >>= 1) {
    float other = __shfl_xor_sync(0xffffffffu, highest, distance), others = __shfl_xor_sync(0xffffffffu, sum, distance);
    merge(highest, sum, other, others);
  }
  if (lane == 0) warps[2 * warp] = highest, warps[2 * warp + 1] = sum;
  const bool there = target >= 0 && target < vocabulary;
  const float nan = __uint_as_float(0x7fffffffu), chosen = threadIdx.x == 0 && there ? number(row[target]) : nan;
  __syncthreads();
  highest = warps[0], sum = warps[1];
  for (int w = 1; w < count; w++) merge(highest, sum, warps[2 * w], warps[2 * w + 1]);
  if (threadIdx.x == 0) losses[blockIdx.x] = logf(sum) + (highest - chosen);
  if (!gradient) return;
  const float share = there ? scale / sum : nan;
#pragma unroll 2
  for (int at = threadIdx.x * 8; at < vocabulary; at += blockDim.x * 8) {
    float v[8];
    load(row, at, vocabulary, whole, v, Lowest);
#pragma unroll
    for (int k = 0; k < 8; k++) v[k] = expf(v[k] - highest) * share - (at + k == target ? scale : 0);
    store(row, at, vocabulary, whole, v);
  }
}

// Adds the rows' losses to a sum. One block: every 256th row by thread, then as above. Shared: a double a warp.
extern "C" __global__ void __launch_bounds__(256) cross_entropy_sum(const float* __restrict__ losses, double* __restrict__ target, int rows) {
  SHARED_FLOATS(warps);
  double sum = 0;
  for (int row = threadIdx.x; row < rows; row += blockDim.x) sum += losses[row];
  sum = block_sum(sum, (double*)warps);
  if (threadIdx.x == 0) *target += sum;
}
