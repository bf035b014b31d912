// Backward through the coefficients. A thread has a token; grid [T / 64]. Writes pre, pull and dP into the tokens' lines; dP is the gradients of
// the products before the norm. own [Biases + Scales, warps of the grid]: a warp's part of base's and scale's gradients, its tokens added by
// halves. tape: room for Sinkhorn's divisors, [.., T]; null where shared memory has it, [..][64] floats.
extern "C" __global__ void __launch_bounds__(64) site_coefficients_backward(
    const float* __restrict__ products, const float* __restrict__ roots, const float* __restrict__ scale, const float* __restrict__ bias,
    const float* __restrict__ of_pre, const float* __restrict__ gwriting, float* __restrict__ lines, float* __restrict__ own,
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
  float* line = lines + (size_t)at * LineLength;
  if (!there) {
    for (int k = 0; k < LineLength && at / TileTokens * TileTokens < tokens; k++) line[k] = 0;  // the last tile's lines
    return;
  }
  float of[LineGroups][8 * Eights] = {}, pulls[LineGroups] = {};
#pragma unroll
  for (int group = 0; group < Groups; group++) {
    const int to = LineGroups == 1 ? 0 : group;
    float root = roots[(size_t)token * Groups + group], of_root = 0;
#pragma unroll
    for (int row = 0; row < Rows; row++) {
      float gradient = gm[group * Rows + row];
      of_root = fmaf(gradient, m[group * Rows + row], of_root);
      of[to][row] = group > 0 && to == 0 ? fmaf(gradient, root, of[to][row]) : gradient * root;
    }
    // root = (mean(x^2) + eps)^(-1/2): droot/dx = -root^3 x / flat; one root is in of_root's m.
    pulls[to] += -of_root * root * root / flat;
  }
#pragma unroll
  for (int group = 0; group < LineGroups; group++) {
    // Streams that are all the embedding have a pull each, which is the same with one group.
    line[group * StreamLine + PullAt] = pulls[group] * (BEFORE == BEFORE_EMBEDDING && Groups == 1 ? N : 1);
#pragma unroll
    for (int e = 0; e < Eights; e++) {
      Four words, rests;
#pragma unroll
      for (int k = 0; k < 4; k++) {
        u32 word, rest;
        split(of[group][8 * e + 2 * k], of[group][8 * e + 2 * k + 1], word, rest);
        words.v[k] = __uint_as_float(word);
        rests.v[k] = __uint_as_float(rest);
      }
      Four* to = (Four*)(line + OfProductsAt + group * Eights * 8) + e;
      to[0] = words;
      to[Eights] = rests;
    }
  }
  float pre = 0;
#pragma unroll
  for (int i = 0; i < N; i++) {
    pre = i > 0 && LineStreams == 1 ? pre + again[i] : again[i];
    if (LineStreams > 1 || i == N - 1) line[(LineStreams == 1 ? 0 : i) * StreamLine + PreAt] = pre;
  }
}
