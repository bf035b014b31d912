// The write alone, for streams that are made again or handed on without a read. A warp has a token, a lane every 32nd eight columns; grid
// [T / warps]. Reads X (n C), F (C); writes X' (n C).
extern "C" __global__ void __launch_bounds__(256, N <= 4 ? 2 : 1) site_write(
    const Eight* __restrict__ x, const Eight* __restrict__ f, const float* __restrict__ writing, Eight* __restrict__ streams, int width, int tokens) {
  const int lane = threadIdx.x % 32, token = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, width8 = width / 8;
  if (token >= tokens) return;
  float q[AtLeastOne(Before)];
#pragma unroll
  for (int k = 0; k < Before; k++) q[k] = writing[(size_t)k * tokens + token];
  for (int at = lane; at < width8; at += 32) {
    Eight a[Inputs], of;
    load(x, f, token, width8, at, a, of);
#pragma unroll
    for (int j = 0; j < N; j++) streams[((size_t)token * N + j) * width8 + at] = written(q, a, of, j);
  }
}
