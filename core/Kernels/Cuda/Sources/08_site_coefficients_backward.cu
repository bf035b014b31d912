// Backward through the coefficients. A thread has a token; grid [T / 64]. Writes pre into the tokens' lines, and pulls and dP as operands; dP is
// the gradients of the products before the norm. own [Biases + Scales, warps of the grid]: a warp's part of base's and scale's gradients, its tokens added by
// halves. tape: room for Sinkhorn's divisors, [.., T]; null where shared memory has it, [..][64] floats.
extern "C" __global__ void __launch_bounds__(64, 1) site_coefficients_backward(
    const float* __restrict__ products, const float* __restrict__ roots, const float* __restrict__ scale, const float* __restrict__ bias,
    const float* __restrict__ of_pre, const float* __restrict__ gwriting, float* __restrict__ tiles, float* __restrict__ own,
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

  // The last tile's tokens that are not there are zeros.
  const bool within = at / TileTokens * TileTokens < tokens;
  float* line = line_of(tiles, at);
  for (int k = 0; !there && within && k < LineLength; k++) line[k] = 0;
  const int warps = gridDim.x * (blockDim.x / 32), warp = at / 32, g = at % 8, upper = at / 8 % 2;
  u32* operands = (u32*)(tiles + (size_t)(at / TileTokens) * TileLength + TileLines);
  auto place = [&](int operand, int row, int t) { return operands + (operand * 32 + row * 4 + t) * 4; };
  // One of dP's eights, or what bf16 loses of it: tokens by rows at operand, rows by tokens two behind. A word has two rows or two tokens.
  auto hand_on = [&](int e, int operand, const u32 (&rows)[4]) {
    const bool alone = Odd && e == Eights - 1;
#pragma unroll
    for (int l = 0; l < 4; l++) {
      const u32 other = __shfl_xor_sync(0xffffffffu, rows[l], 1), both = at % 2 ? other >> 16 | (rows[l] & 0xffff0000u) : (rows[l] & 0xffff) | other << 16;
      if (!within) continue;
      u32* of_token = place(operand, g, l) + upper;
      of_token[alone ? 0 : e % 2 * 2] = rows[l];
      if (alone) of_token[2] = rows[l];
      u32* of_row = place(operand + 2, 2 * l + at % 2, g / 2) + 2 * upper;
      of_row[alone ? 0 : e % 2] = both;
      if (alone) of_row[1] = 0;
      if (!alone || StepWords == 1) continue;
      of_row = place(operand + 4, 2 * l + at % 2, g / 2) + 2 * upper;
      of_row[0] = 0;
      of_row[1] = both;
    }
  };
  float of[8 * Eights] = {}, of_root = 0, pull = 0;
  auto emit = [&](int base, int k, float of_base, float of_m) {
    const float sum = warp_sum(of_base);
    if (threadIdx.x % 32 == 0) own[(size_t)base * warps + warp] = sum;
    const int group = k / Rows, row = k % Rows;
    const float root = roots[(size_t)token * Groups + group];
    of_root = row == 0 ? of_m * m(k) : fmaf(of_m, m(k), of_root);
    of[row] = group > 0 && LineGroups == 1 ? fmaf(of_m, root, of[row]) : of_m * root;
    const int first = LineGroups == 1 ? 0 : group * GroupOperands, e = row / 8;
    if ((row % 8 == 7 || row == Rows - 1) && (LineGroups > 1 || group == Groups - 1)) {
      u32 words[4], rests[4];
#pragma unroll
      for (int l = 0; l < 4; l++) split(of[8 * e + 2 * l], of[8 * e + 2 * l + 1], words[l], rests[l]);
      const int operand = first + (Odd && e == Eights - 1 ? OddAt : PairAt + e / 2 * 4);
      hand_on(e, operand, words);
      hand_on(e, operand + 1, rests);
    }
    if (row < Rows - 1) return;
    // root = (mean(x^2) + eps)^(-1/2): droot/dx = -root^3 x / flat; one root is in of_root's m. Streams that are all the embedding have a pull
    // each, which is the same with one group.
    pull = (LineGroups == 1 ? pull : 0) - of_root * root * root / flat * (BEFORE == BEFORE_EMBEDDING && Groups == 1 ? N : 1);
    if (LineGroups == 1 && group < Groups - 1) return;
    u32 diagonal[2];
    split(pull, 0, diagonal[0], diagonal[1]);
#pragma unroll
    for (int rest = 0; rest < 2; rest++)
#pragma unroll
      for (int t = 0; within && t < 4; t++) {
        u32* words = place(first + rest, g, t) + 2 * upper;
        words[upper] = t == g / 2 ? diagonal[rest] << 16 * (g % 2) : 0;
        words[1 - upper] = 0;
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
    if (LineStreams > 1 || i == N - 1) line[PreAt + (LineStreams == 1 ? 0 : i)] = pre;
  }
}
