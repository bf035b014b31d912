// Backward, second pass, all in one: X' made again from X and F, its whole gradient G = gX' + pre du + pull X' + dP . fn, and from G the
// gradients of X, F, post, comb and fn. Neither X' nor G is ever in memory.
//
// Grid (width / (32 warps), blocks), an even number of warps; a block's tiles of 16 tokens are blockIdx.y, + gridDim.y, ... A warp owns 32
// columns of every stream: fn's fragments (bf16 and rest) and fn's gradient for them lie in shared memory, and no other warp touches them.
// Lane (g, t) has tokens g and g + 8 of the tile and the 8 columns from 8 t, word w of which is columns 8 t + 2 w, + 1.
// A tensor core's result has columns 2 t, 2 t + 1 in lane t, so "column m" of a fragment stands for column 8 (m / 2) + 2 w + m % 2: what
// G += dP . fn gives lands in the lane that has these columns, and so does fn's gradient dP^T . X', whose X' is the words transposed.
// Sums: fn's gradient over a block's tiles in order, blocks in 10; post and comb by lane, the four lanes of a token, the two warps of a
// slice of 64 columns, slices in 10. gridDim.y decides sums, the number of warps does not.
// Reads gX' (n C), du (C), X (n C), F (C); writes gX (n C), gF (C). Partials: Before floats a token and slice; fn's size a block.

constexpr int FnStreams = Groups == 1 ? N : 1;  // hc's fn is the same for every stream
constexpr int Words = FnStreams * 4;            // of a lane, in a row of fn
constexpr int PreAt = Before, PullAt = Before + N;     // within a token's line
constexpr int LineLength = Before + N + Groups, Line = LineLength | 1;  // odd, so that tokens lie in different banks

// dP of eight rows and a tile's 16 tokens as a lane's operands: bf16 of tokens 0 to 7 and 8 to 15, and what bf16 loses of both.
// For G: tokens by rows, tokens g and g + 8, rows 2 t, 2 t + 1. For fn's gradient: rows by tokens, row g, tokens 2 t, 2 t + 1 and 8 further.
struct __align__(16) Operand { u32 first, second, first_rest, second_rest; };

__device__ __forceinline__ Operand operand(const float* of, int tile, int row, int token, bool by_rows, int tokens) {
  float v[4];
#pragma unroll
  for (int k = 0; k < 4; k++) {
    const int r = row + (by_rows ? 0 : k % 2), at = tile * TileTokens + token + k / 2 * 8 + (by_rows ? k % 2 : 0);
    v[k] = r < Rows && at < tokens ? of[(size_t)r * tokens + at] : 0;
  }
  Operand result;
  split(v[0], v[1], result.first, result.first_rest);
  split(v[2], v[3], result.second, result.second_rest);
  return result;
}

// Shared: warps * Words * Eights * 32 * 16 bytes (fragments, sums), Groups * Eights * 2 * 32 * 16 bytes (operands), then 16 * Line and
// warps * 16 * Before floats.
extern "C" __global__ void __launch_bounds__(128) site_gradients(
    const Eight* __restrict__ x, const Eight* __restrict__ f, const float* __restrict__ writing, const float* __restrict__ fn, const Eight* __restrict__ gu,
    const Eight* __restrict__ gy, const float* __restrict__ pre, const float* __restrict__ of_all, Eight* __restrict__ gx, Eight* __restrict__ gf,
    float* __restrict__ dots, float* __restrict__ fn_partial, int width, int tokens) {
  SHARED_FLOATS(memory);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32, g = lane / 4, t = lane % 4;
  const int width8 = width / 8, first = (blockIdx.x * warps + warp) * Columns, at = first / 8 + t;
  const bool within = first < width;
  uint2* fragments = (uint2*)memory + warp * Words * Eights * 32 + lane;  // [word][eight of rows] at 32 lanes: (bf16, rest) of rows 2 t, 2 t + 1
  float2* sums = (float2*)memory + (warps + warp) * Words * Eights * 32 + lane;  // the same: row g, "columns" 2 t, 2 t + 1
  Operand* operands = (Operand*)memory + warps * Words * Eights * 32;  // [group][eight of rows][for G, for fn's gradient][lane]
  float* lines = (float*)(operands + Groups * Eights * 2 * 32);         // [16][Line]: post and comb, pre, pull
#if BEFORE != BEFORE_EMBEDDING
  float* parts = lines + TileTokens * Line;                            // [warp][16][Before]
#endif

  for (int k = 0; k < Words * Eights; k++) {
    const int word = k / Eights, row = k % Eights * 8 + 2 * t, column = first + 8 * (g / 2) + 2 * (word % 4) + g % 2;
    const float* source = fn + ((size_t)row * FnStreams + word / 4) * width + column;
    uint2 fragment;
    split(within && row < Rows ? source[0] : 0, within && row + 1 < Rows ? source[(size_t)FnStreams * width] : 0, fragment.x, fragment.y);
    fragments[k * 32] = fragment;
    sums[k * 32] = {0, 0};
  }

  for (int tile = blockIdx.y; tile * TileTokens < tokens; tile += gridDim.y) {
    // Tokens behind the last are the last one again with dP = 0, so that they add nothing to fn's gradient.
    for (int k = threadIdx.x; k < TileTokens * LineLength; k += blockDim.x) {
      const int row = k % TileTokens, c = k / TileTokens, token = min(tile * TileTokens + row, tokens - 1);
      lines[row * Line + c] = c < PreAt ? writing[(size_t)c * tokens + token] : c < PullAt ? pre[(size_t)(c - PreAt) * tokens + token]
        : of_all[((size_t)(c - PullAt) * (Rows + 1) + Rows) * tokens + token];
    }
    for (int k = threadIdx.x; k < Groups * Eights * 2 * 32; k += blockDim.x) {
      const int l = k % 32, by_rows = k / 32 % 2, e = k / 64 % Eights, group = k / 64 / Eights;
      const float* of = of_all + (size_t)group * (Rows + 1) * tokens;
      operands[k] = by_rows ? operand(of, tile, e * 8 + l / 4, l % 4 * 2, true, tokens) : operand(of, tile, e * 8 + l % 4 * 2, l / 4, false, tokens);
    }
    __syncthreads();
    if (within) {
      const float* q0 = lines + g * Line;
      const float* q1 = q0 + 8 * Line;
      const int from0 = min(tile * TileTokens + g, tokens - 1), from1 = min(tile * TileTokens + g + 8, tokens - 1);
      Eight a0[Inputs], a1[Inputs], f0, f1, u0 = gu[from0 * width8 + at], u1 = gu[from1 * width8 + at];
      load(x, f, from0, width8, at, a0, f0);
      load(x, f, from1, width8, at, a1, f1);
      float gf0[8], gf1[8];  // gradient of F, or of the embedding
#pragma unroll
      for (int k = 0; k < 8; k++) gf0[k] = gf1[k] = 0;
#if BEFORE == BEFORE_MIXES
      float gx0[N][8], gx1[N][8];
#pragma unroll
      for (int i = 0; i < N; i++)
#pragma unroll
        for (int k = 0; k < 8; k++) gx0[i][k] = gx1[i][k] = 0;
#endif
#if BEFORE == BEFORE_GATES
#pragma unroll
#else
#pragma unroll 1
#endif
      for (int j = 0; j < N; j++) {
        const int group = Groups == 1 ? 0 : j;
        const Operand* own = operands + group * Eights * 64 + lane;
        Eight g0 = {0, 0, 0, 0}, g1 = {0, 0, 0, 0};
        if (gy) {
          g0 = gy[(from0 * N + j) * width8 + at];
          g1 = gy[(from1 * N + j) * width8 + at];
        }
        const float p0 = q0[PreAt + j], p1 = q1[PreAt + j];
        const float pull0 = q0[PullAt + group], pull1 = q1[PullAt + group];
#if BEFORE != BEFORE_EMBEDDING
        float post0 = 0, post1 = 0;
#endif
#if BEFORE == BEFORE_MIXES
        float comb0[N], comb1[N];
#pragma unroll
        for (int i = 0; i < N; i++) comb0[i] = comb1[i] = 0;
#endif
#if BEFORE == BEFORE_GATES
        Eight direct0, direct1;  // gradient of X
#endif
#pragma unroll
        for (int w = 0; w < 4; w++) {
          const int word = (Groups == 1 ? j * 4 : 0) + w;
          const u32 y0 = written_word(q0, a0, f0, j, w), y1 = written_word(q1, a1, f1, j, w);
          // fn's gradient: 16 rows at a time, the last half empty where there are 8.
          const u32 columns0 = transpose(y0), columns1 = transpose(y1);
#pragma unroll
          for (int e = 0; e < Eights; e += 2) {
            float2* upper = sums + (word * Eights + e) * 32;
            const bool two = e + 1 < Eights;
            const int l = two ? e + 1 : e;
            float2* lower = sums + (word * Eights + l) * 32;
            float d[4] = {upper->x, upper->y, two ? lower->x : 0, two ? lower->y : 0};
            const Operand a = own[(2 * e + 1) * 32], b = two ? own[(2 * l + 1) * 32] : Operand{0, 0, 0, 0};
            mma(d, a.first, b.first, a.second, b.second, columns0, columns1);
            mma(d, a.first_rest, b.first_rest, a.second_rest, b.second_rest, columns0, columns1);
            *upper = {d[0], d[1]};
            if (two) *lower = {d[2], d[3]};
          }
          // G of two columns of both tokens.
          float d[4];
          d[0] = fmaf(pull0, lo(y0), fmaf(p0, lo(u0.v[w]), lo(g0.v[w])));
          d[1] = fmaf(pull0, hi(y0), fmaf(p0, hi(u0.v[w]), hi(g0.v[w])));
          d[2] = fmaf(pull1, lo(y1), fmaf(p1, lo(u1.v[w]), lo(g1.v[w])));
          d[3] = fmaf(pull1, hi(y1), fmaf(p1, hi(u1.v[w]), hi(g1.v[w])));
#pragma unroll
          for (int e = 0; e < Eights; e += 2) {
            const bool two = e + 1 < Eights;
            const int l = two ? e + 1 : e;
            const uint2 upper = fragments[(word * Eights + e) * 32], lower = two ? fragments[(word * Eights + l) * 32] : uint2{0, 0};
            const Operand a = own[2 * e * 32], b = two ? own[2 * l * 32] : Operand{0, 0, 0, 0};
            mma(d, a.first, a.second, b.first, b.second, upper.x, lower.x);
            mma(d, a.first, a.second, b.first, b.second, upper.y, lower.y);
            mma(d, a.first_rest, a.second_rest, b.first_rest, b.second_rest, upper.x, lower.x);
          }
#if BEFORE == BEFORE_EMBEDDING
          gf0[2 * w] += d[0];
          gf0[2 * w + 1] += d[1];
          gf1[2 * w] += d[2];
          gf1[2 * w + 1] += d[3];
#else
          gf0[2 * w] = fmaf(q0[j], d[0], gf0[2 * w]);
          gf0[2 * w + 1] = fmaf(q0[j], d[1], gf0[2 * w + 1]);
          gf1[2 * w] = fmaf(q1[j], d[2], gf1[2 * w]);
          gf1[2 * w + 1] = fmaf(q1[j], d[3], gf1[2 * w + 1]);
          post0 = fmaf(lo(f0.v[w]), d[0], fmaf(hi(f0.v[w]), d[1], post0));
          post1 = fmaf(lo(f1.v[w]), d[2], fmaf(hi(f1.v[w]), d[3], post1));
#endif
#if BEFORE == BEFORE_GATES
          direct0.v[w] = pack(d[0], d[1]);
          direct1.v[w] = pack(d[2], d[3]);
#endif
#if BEFORE == BEFORE_MIXES
#pragma unroll
          for (int i = 0; i < N; i++) {
            const float c0 = q0[N + i * N + j], c1 = q1[N + i * N + j];
            gx0[i][2 * w] = fmaf(c0, d[0], gx0[i][2 * w]);
            gx0[i][2 * w + 1] = fmaf(c0, d[1], gx0[i][2 * w + 1]);
            gx1[i][2 * w] = fmaf(c1, d[2], gx1[i][2 * w]);
            gx1[i][2 * w + 1] = fmaf(c1, d[3], gx1[i][2 * w + 1]);
            comb0[i] = fmaf(lo(a0[i].v[w]), d[0], fmaf(hi(a0[i].v[w]), d[1], comb0[i]));
            comb1[i] = fmaf(lo(a1[i].v[w]), d[2], fmaf(hi(a1[i].v[w]), d[3], comb1[i]));
          }
#endif
        }
#if BEFORE == BEFORE_GATES
        if (tile * TileTokens + g < tokens) gx[(from0 * N + j) * width8 + at] = direct0;
        if (tile * TileTokens + g + 8 < tokens) gx[(from1 * N + j) * width8 + at] = direct1;
#endif
#if BEFORE != BEFORE_EMBEDDING
        // The four lanes of a token, then a place of the warp's own.
#pragma unroll
        for (int i = 0; i < Before / N; i++) {
#if BEFORE == BEFORE_MIXES
          float sum0 = i == 0 ? post0 : comb0[i == 0 ? 0 : i - 1], sum1 = i == 0 ? post1 : comb1[i == 0 ? 0 : i - 1];
#else
          float sum0 = post0, sum1 = post1;
#endif
#pragma unroll
          for (int distance = 1; distance < 4; distance *= 2) {
            sum0 += __shfl_xor_sync(0xffffffffu, sum0, distance);
            sum1 += __shfl_xor_sync(0xffffffffu, sum1, distance);
          }
          const int k = i * N + j;  // post_j, then comb[i - 1, j]
          if (t == 0) {
            parts[(warp * TileTokens + g) * Before + k] = sum0;
            parts[(warp * TileTokens + g + 8) * Before + k] = sum1;
          }
        }
#endif
      }
      Eight out0, out1;
#pragma unroll
      for (int w = 0; w < 4; w++) {
        out0.v[w] = pack(gf0[2 * w], gf0[2 * w + 1]);
        out1.v[w] = pack(gf1[2 * w], gf1[2 * w + 1]);
      }
      if (tile * TileTokens + g < tokens) gf[from0 * width8 + at] = out0;
      if (tile * TileTokens + g + 8 < tokens) gf[from1 * width8 + at] = out1;
#if BEFORE == BEFORE_MIXES
#pragma unroll
      for (int i = 0; i < N; i++) {
#pragma unroll
        for (int w = 0; w < 4; w++) {
          out0.v[w] = pack(gx0[i][2 * w], gx0[i][2 * w + 1]);
          out1.v[w] = pack(gx1[i][2 * w], gx1[i][2 * w + 1]);
        }
        if (tile * TileTokens + g < tokens) gx[(from0 * N + i) * width8 + at] = out0;
        if (tile * TileTokens + g + 8 < tokens) gx[(from1 * N + i) * width8 + at] = out1;
      }
#endif
    }
    __syncthreads();  // parts are there, and lines are read
#if BEFORE != BEFORE_EMBEDDING
    for (int k = threadIdx.x; k < warps / 2 * TileTokens * Before; k += blockDim.x) {
      const int row = k % TileTokens, c = k / TileTokens % Before, pair = k / TileTokens / Before, token = tile * TileTokens + row;
      const int slice = blockIdx.x * (warps / 2) + pair, column = slice * 2 * Columns;
      if (column >= width || token >= tokens) continue;
      float sum = parts[(2 * pair * TileTokens + row) * Before + c];
      if (column + Columns < width) sum += parts[((2 * pair + 1) * TileTokens + row) * Before + c];
      dots[((size_t)slice * Before + c) * tokens + token] = sum;
    }
    // The next tile's lines may be written meanwhile; its parts only behind the barrier that follows them.
#endif
  }
  if (!within) return;
  for (int k = 0; k < Words * Eights; k++) {
    const int word = k / Eights, row = k % Eights * 8 + g, column = first + 8 * t + 2 * (word % 4);
    const float2 sum = sums[k * 32];
    if (row >= Rows) continue;
    float* target = fn_partial + (((size_t)blockIdx.y * Rows + row) * FnStreams + word / 4) * width + column;
    target[0] = sum.x;
    target[1] = sum.y;
  }
}
