// Backward through the coefficients. A thread has a token; grid [T / 64]. Out: of [Groups (Rows + 1), T], the gradients of the products before
// the norm and, last of each group, "pull": the gradient of X' has pull X' in it, the norm's share. pre again. own [Biases + Scales, warps of
// the grid]: a warp's part of base's and scale's gradients, its tokens added by halves.
// tape: room for Sinkhorn's divisors, [.., T]; null where shared memory has it, [..][64] floats.
extern "C" __global__ void __launch_bounds__(64) site_coefficients_backward(
    const float* __restrict__ products, const float* __restrict__ roots, const float* __restrict__ scale, const float* __restrict__ bias,
    const float* __restrict__ of_pre, const float* __restrict__ gwriting, float* __restrict__ of, float* __restrict__ pre, float* __restrict__ own,
    float* __restrict__ tape, int width, int tokens, int iterations, float eps) {
  SHARED_FLOATS(memory);
  const int at = blockIdx.x * blockDim.x + threadIdx.x, flat = N * width / Groups;
  const bool there = at < tokens;
  const int token = there ? at : tokens - 1;  // lanes behind the last token take part in the warp's sums, with zeros
  float m[Groups * Rows], gm[Groups * Rows], gq[Coefficients], again[N], gscale[Scales], gbias[Biases];
#pragma unroll
  for (int group = 0; group < Groups; group++) {
    float root = roots[(size_t)token * Groups + group];
#pragma unroll
    for (int row = 0; row < Rows; row++) m[group * Rows + row] = products[((size_t)row * tokens + token) * Groups + group] * root;
  }
#pragma unroll
  for (int k = 0; k < Coefficients; k++) gq[k] = !there ? 0 : k < N ? of_pre[(size_t)k * tokens + token] : gwriting[(size_t)(k - N) * tokens + token];
  // Global room has one place a token: lanes behind the last would write into another's.
  const bool global = tape != nullptr;
  coefficients_backward(m, scale, bias, again, gq, gm, gscale, gbias, global ? tape + at : memory + threadIdx.x, global ? gridDim.x * blockDim.x : blockDim.x, {iterations, eps});

  const int warps = gridDim.x * (blockDim.x / 32), warp = at / 32;
#pragma unroll
  for (int k = 0; k < Biases + Scales; k++) {
    float sum = warp_sum(k < Biases ? gbias[k < Biases ? k : 0] : gscale[k < Biases ? 0 : k - Biases]);
    if (threadIdx.x % 32 == 0) own[(size_t)k * warps + warp] = sum;
  }
  if (!there) return;
#pragma unroll
  for (int i = 0; i < N; i++) pre[(size_t)i * tokens + token] = again[i];
#pragma unroll
  for (int group = 0; group < Groups; group++) {
    float root = roots[(size_t)token * Groups + group], of_root = 0;
#pragma unroll
    for (int row = 0; row < Rows; row++) {
      float gradient = gm[group * Rows + row];
      of_root = fmaf(gradient, m[group * Rows + row], of_root);
      of[((size_t)group * (Rows + 1) + row) * tokens + token] = gradient * root;
    }
    of[((size_t)group * (Rows + 1) + Rows) * tokens + token] = -of_root * root * root / flat;
  }
}
