// Backward, first pass: dpre_i = du . X'_i, with X' made again. A warp has a token, a lane every 32nd eight columns; grid [T / warps].
// Sums: columns by lane, then halves of the warp. Reads X (n C), F (C), du (C); writes n floats a token, and post and comb into its line.
extern "C" __global__ void __launch_bounds__(256, N <= 4 ? 3 : 1) site_dots(
    const Eight* __restrict__ x, const Eight* __restrict__ f, const float* __restrict__ writing, const Eight* __restrict__ gu, float* __restrict__ of_pre,
    float* __restrict__ tiles, int width, int tokens) {
  const int lane = threadIdx.x % 32, token = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, width8 = width / 8;
  if (token >= tokens) return;
  float* line = line_of(tiles, token);
  for (int k = lane; k < Before; k += 32) line[k < N ? PostAt + k : k % N * CombLine + k / N - 1] = writing[(size_t)k * tokens + token];
  float q[AtLeastOne(Before)], sums[N];
#pragma unroll
  for (int k = 0; k < Before; k++) q[k] = writing[(size_t)k * tokens + token];
#pragma unroll
  for (int j = 0; j < N; j++) sums[j] = 0;
  for (int at = lane; at < width8; at += 32) {
    Eight a[Inputs], of, u = gu[(size_t)token * width8 + at];
    load(x, f, token, width8, at, a, of);
#pragma unroll
    for (int j = 0; j < N; j++) {
      Eight y = written(q, a, of, j);
#pragma unroll
      for (int w = 0; w < 4; w++) sums[j] = fmaf(lo(u.v[w]), lo(y.v[w]), fmaf(hi(u.v[w]), hi(y.v[w]), sums[j]));
    }
  }
#pragma unroll
  for (int j = 0; j < N; j++) {
    float sum = warp_sum(sums[j]);
    if (lane == 0) of_pre[(size_t)j * tokens + token] = sum;
  }
}
