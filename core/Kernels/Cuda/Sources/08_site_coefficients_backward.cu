// Backward through the coefficients. A thread has a token; grid [T / 64]. Writes pre, pull and dP into the tokens' lines; dP is the gradients of
// the products before the norm. own [Biases + Scales, warps of the grid]: a warp's part of base's and scale's gradients, its tokens added by
// halves. tape: room for Sinkhorn's divisors, [.., T]; null where shared memory has it, [..][64] floats.
extern "C" __global__ void __launch_bounds__(64, 1) site_coefficients_backward(
    const float* __restrict__ products, const float* __restrict__ roots, const float* __restrict__ scale, const float* __restrict__ bias,
    const float* __restrict__ of_pre, const float* __restrict__ gwriting, float* __restrict__ lines, float* __restrict__ own,
    float* __restrict__ tape, int width, int tokens, int iterations, float eps) {
  SHARED_FLOATS(memory);
  const int at = blockIdx.x * blockDim.x + threadIdx.x, flat = N * width / Groups;
  const bool there = at < tokens;
  const int token = there ? at : tokens - 1;  // lanes behind the last token take part in the warp's sums, with zeros
  // Many products are read again where they are needed: a thread's registers do not hold them all.
  constexpr bool Many = Groups * Rows > 48;
  float held[Many ? 1 : Groups * Rows] = {};
#pragma unroll
  for (int k = 0; !Many && k < Groups * Rows; k++) held[k] = products[((size_t)(k % Rows) * tokens + token) * Groups + k / Rows] * roots[(size_t)token * Groups + k / Rows];
  auto m = [&](int k) {
    const float* product = products + ((size_t)(k % Rows) * tokens + token) * Groups + k / Rows;
    return Many ? *(const volatile float*)product * roots[(size_t)token * Groups + k / Rows] : held[Many ? 0 : k];
  };
  auto gq = [&](int k) { return !there ? 0 : k < N ? of_pre[(size_t)k * tokens + token] : gwriting[(size_t)(k - N) * tokens + token]; };

  float* line = lines + (size_t)at * LineLength;
  for (int k = 0; !there && k < LineLength && at / TileTokens * TileTokens < tokens; k++) line[k] = 0;  // the last tile's lines
  const int warps = gridDim.x * (blockDim.x / 32), warp = at / 32;
  float of[8 * Eights] = {}, of_root = 0, pull = 0;
  auto emit = [&](int base, int k, float of_base, float of_m) {
    const float sum = warp_sum(of_base);
    if (threadIdx.x % 32 == 0) own[(size_t)base * warps + warp] = sum;
    const int group = k / Rows, row = k % Rows;
    const float root = roots[(size_t)token * Groups + group];
    of_root = row == 0 ? of_m * m(k) : fmaf(of_m, m(k), of_root);
    of[row] = group > 0 && LineGroups == 1 ? fmaf(of_m, root, of[row]) : of_m * root;
    if (row < Rows - 1) return;
    // root = (mean(x^2) + eps)^(-1/2): droot/dx = -root^3 x / flat; one root is in of_root's m. Streams that are all the embedding have a pull
    // each, which is the same with one group.
    pull = (LineGroups == 1 ? pull : 0) - of_root * root * root / flat * (BEFORE == BEFORE_EMBEDDING && Groups == 1 ? N : 1);
    if (!there || (LineGroups == 1 && group < Groups - 1)) return;
    const int to = LineGroups == 1 ? 0 : group;
    line[to * StreamLine + PullAt] = pull;
#pragma unroll
    for (int e = 0; e < Eights; e++) {
      Four words, rests;
#pragma unroll
      for (int l = 0; l < 4; l++) {
        u32 word, rest;
        split(of[8 * e + 2 * l], of[8 * e + 2 * l + 1], word, rest);
        words.v[l] = __uint_as_float(word);
        rests.v[l] = __uint_as_float(rest);
      }
      Four* place = (Four*)(line + OfProductsAt + to * Eights * 8) + e;
      place[0] = words;
      place[Eights] = rests;
    }
  };

  // Global room for divisors has one place a token: lanes behind the last would write into another's.
  const bool global = tape != nullptr;
  float again[N], gscale[Scales];
  coefficients_backward(m, scale, bias, again, gq, emit, gscale, global ? tape + at : memory + threadIdx.x, global ? gridDim.x * blockDim.x : blockDim.x, {iterations, eps});
#pragma unroll
  for (int k = 0; k < Scales; k++) {
    const float sum = warp_sum(gscale[k]);
    if (threadIdx.x % 32 == 0) own[(size_t)(Biases + k) * warps + warp] = sum;
  }
  if (!there) return;
  float pre = 0;
#pragma unroll
  for (int i = 0; i < N; i++) {
    pre = i > 0 && LineStreams == 1 ? pre + again[i] : again[i];
    if (LineStreams > 1 || i == N - 1) line[(LineStreams == 1 ? 0 : i) * StreamLine + PreAt] = pre;
  }
}
