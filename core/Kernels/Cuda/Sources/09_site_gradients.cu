// Backward, second pass, all in one: X' made again from X and F, its whole gradient G = gX' + pre du + pull X' + dP . fn, and from G the
// gradients of X, F, post, comb and fn. Neither X' nor G is ever in memory.
//
// Grid (width / (WarpColumns warps), blocks); a block's tiles of 16 tokens are blockIdx.y, + gridDim.y, ... A warp owns WarpColumns columns of
// every stream: fn's fragments (bf16 and rest) and fn's gradient for them lie in shared memory, and no other warp touches them. It takes them
// StepColumns at a time, so that what it needs of every stream fits in registers. Lane (g, t) has tokens g and g + 8 of the tile and, of a step,
// the 2 StepWords columns from 2 StepWords t.
// A tensor core's result has columns 2 t, 2 t + 1 in lane t, so "column m" of word w's fragments stands for column 2 StepWords (m / 2) + 2 w +
// m % 2: what G += dP . fn gives lands in the lane that has these columns, and so does fn's gradient dP^T . X', whose X' is the words
// transposed. pull X' is a product too, of the tile's pulls on a diagonal: X' lies ready for it.
// Sums: fn's gradient over a block's tiles in order, blocks in 10; post and comb by lane, the four lanes of a token, the SliceWarps warps of a
// slice, slices in 10. gridDim.y decides sums, the number of warps does not.
// Reads gX' (n C), du (C), X (n C), F (C); writes gX (n C), gF (C). Partials: Before floats a token and slice; fn's size a block.

constexpr int StepWords = N <= 4 ? 2 : 1, StepColumns = 8 * StepWords;
constexpr int Steps = N <= 4 ? 2 : 1, WarpColumns = Steps * StepColumns;
constexpr int SliceWarps = N <= 4 || FnStreams * Eights > 36 ? 2 : 4;      // those that a block has on every device
constexpr int Words = FnStreams * Steps * StepWords;                       // of a lane, in a row of fn
constexpr int StepParts = LineStreams * StepWords;                         // of X' and G, in a lane's step
constexpr int Batch = FnStreams == 1 ? StepWords : N <= 4 ? 4 : 2;         // of them, whose sums tensor cores make in turns
constexpr int Pairs = Eights / 2;                                          // of eights of rows: a tensor core's sixteen
constexpr bool Odd = Eights % 2 != 0;                                      // an eight is left: its bf16 and rest make a sixteen
constexpr bool OperandsStay = LineGroups == 1 && Eights <= 3;              // in registers, for a tile
constexpr bool DotsStay = N <= 4;                                          // likewise, the gradients of post and comb
constexpr int Staged = LineGroups > 1 || Eights <= 4 ? LineLength : OfProductsAt;  // of a line, in shared memory: dP of many rows would not fit
constexpr int LineStride = Staged + (24 - Staged % 16) % 16;               // 8 more than a multiple of 16: tokens lie in different banks
typedef Packed<StepWords> Part;

// dP of a sixteen of rows as a lane's operands. For G: tokens by rows. For fn's gradient: rows by tokens. Each as bf16, and what that loses.
struct Operands { u32 tokens[4], tokens_rest[4], rows[4], rows_rest[4]; };

// line0, line1: dP of tokens g and g + 8. An operand is four registers in a row: what two of them need is made twice, which spares copies at
// every product.
__device__ __forceinline__ Operands operands(const float* line0, const float* line1, int pair, int t) {
  Operands result;
#pragma unroll
  for (int e = 0; e < 2; e++) {
    const int at = 2 * pair + e < Eights ? (2 * pair + e) * 4 + t : 0;
    if (2 * pair + e < Eights) {
      result.tokens[2 * e] = __float_as_uint(line0[at]);
      result.tokens[2 * e + 1] = __float_as_uint(line1[at]);
      result.tokens_rest[2 * e] = __float_as_uint(line0[Eights * 4 + at]);
      result.tokens_rest[2 * e + 1] = __float_as_uint(line1[Eights * 4 + at]);
    }
#pragma unroll
    for (int k = 0; k < 2; k++) {
      // An eight alone meets bf16 and rest of its fn at once: (word, word), (rest, rest). Its upper rows are never read.
      const bool alone = 2 * pair + e == Eights;
      result.rows[2 * k + e] = transpose(alone ? result.tokens_rest[k] : result.tokens[2 * e + k]);
      result.rows_rest[2 * k + e] = transpose(alone ? result.tokens[k] : result.tokens_rest[2 * e + k]);
      if (alone) {
        result.tokens[2 + k] = transpose(result.rows_rest[2 * k + e]);
        result.tokens_rest[2 + k] = transpose(result.rows[2 * k + e]);
      }
    }
  }
  return result;
}

// The tile's pulls on a diagonal, tokens by tokens, as an operand.
struct Diagonal { u32 words[4], rest[4]; };

__device__ __forceinline__ void diagonal(float pull0, float pull1, int g, int t, Diagonal& result) {
  const u32 even = g == 2 * t ? 0xffffu : 0, odd = g == 2 * t + 1 ? 0xffff0000u : 0;
  u32 word, rest;
  split(pull0, pull1, word, rest);
  result.words[0] = (word & even) | (word << 16 & odd);
  result.words[3] = (word >> 16 & even) | (word & odd);
  result.rest[0] = (rest & even) | (rest << 16 & odd);
  result.rest[3] = (rest >> 16 & even) | (rest & odd);
}

// A stream's numbers in a token's line. Those of many streams are read where they are needed: read ahead they would not fit in registers.
__device__ __forceinline__ void take(const float* line, int j, float (&c)[StreamLine]) {
#pragma unroll
  for (int k = 0; k < StreamLine; k += 4) {
    const float* at = line + j * StreamLine + k;
    const volatile float* late = at;
    const Four four = N <= 4 ? *(const Four*)at : Four{late[0], late[1], late[2], late[3]};
#pragma unroll
    for (int l = 0; l < 4; l++) c[k + l] = four.v[l];
  }
}

// X'_j of two columns; as written_word.
__device__ __forceinline__ u32 again(const float (&c)[StreamLine], const Part (&a)[Inputs], const Part& f, int j, int w) {
#if BEFORE == BEFORE_EMBEDDING
  return a[0].v[w];
#elif BEFORE == BEFORE_GATES
  return pack(fmaf(c[PostAt], lo(f.v[w]), lo(a[j].v[w])), fmaf(c[PostAt], hi(f.v[w]), hi(a[j].v[w])));
#else
  float low = c[PostAt] * lo(f.v[w]), high = c[PostAt] * hi(f.v[w]);
#pragma unroll
  for (int i = 0; i < N; i++) {
    low = fmaf(c[i], lo(a[i].v[w]), low);
    high = fmaf(c[i], hi(a[i].v[w]), high);
  }
  return pack(low, high);
#endif
}

// The sums of four numbers over the four lanes of a token: lane t has number t's.
__device__ __forceinline__ float four_sums(float v0, float v1, float v2, float v3, int t) {
  const bool odd = t & 1, upper = t & 2;
  const float low = (odd ? v1 : v0) + __shfl_xor_sync(0xffffffffu, odd ? v0 : v1, 1);
  const float high = (odd ? v3 : v2) + __shfl_xor_sync(0xffffffffu, odd ? v2 : v3, 1);
  return (upper ? high : low) + __shfl_xor_sync(0xffffffffu, upper ? low : high, 2);
}

// Shared: warps * 2 * Words * Eights * 256 bytes (fragments, sums), then 16 * LineStride and warps * 16 * Before floats.
extern "C" __global__ void __launch_bounds__(128, 1) site_gradients(
    const Part* __restrict__ x, const Part* __restrict__ f, const float* __restrict__ fn, const Part* __restrict__ gu, const Part* __restrict__ gy,
    const Four* __restrict__ token_lines, Part* __restrict__ gx, Part* __restrict__ gf, float* __restrict__ dots, float* __restrict__ fn_partial, int width, int tokens) {
  SHARED_FLOATS(memory);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32, g = lane / 4, t = lane % 4;
  const int parts = width / (2 * StepWords), first = (blockIdx.x * warps + warp) * WarpColumns;  // parts: of a row
  const bool within = first < width;
  Diagonal pulls;
  // Zeros, each a register of its own that the compiler does not know to be one: else they are copied at every product.
  pulls.words[1] = (u32)width >> 31;
  pulls.words[2] = (u32)tokens >> 31;
  pulls.rest[1] = (u32)(width ^ tokens) >> 31;
  pulls.rest[2] = (u32)(width | tokens) >> 31;
  float* fragments = memory + warp * Words * Eights * 128;      // [word]: [pair of eights][lane][bf16 of both, rest of both], [lane][bf16, rest]
  float* sums = fragments + Words * Eights * 64;                // [word]: [pair][lane][row g, "columns" 2 t, 2 t + 1 of both], [lane][..]
  float* lines = memory + warps * Words * Eights * 128;         // [16][LineStride]
#if BEFORE != BEFORE_EMBEDDING
  float* warp_dots = lines + TileTokens * LineStride;           // [warp][16][Before]
#endif

  for (int k = 0; k < Words * Eights; k++) {
    const int word = k / Eights, e = k % Eights, row = e * 8 + 2 * t, stream = word / (Steps * StepWords), place = word % (Steps * StepWords);
    const int column = first + place / StepWords * StepColumns + 2 * StepWords * (g / 2) + 2 * (place % StepWords) + g % 2;
    u32 pair[2];
    split(within ? fn_element(fn, row, stream, column, width) : 0, within ? fn_element(fn, row + 1, stream, column, width) : 0, pair[0], pair[1]);
#pragma unroll
    for (int r = 0; r < 2; r++) {
      const int at = word * Eights * 64 + (e == 2 * Pairs ? Pairs * 128 + lane * 2 + r : e / 2 * 128 + lane * 4 + 2 * r + e % 2);
      fragments[at] = __uint_as_float(pair[r]);
      sums[at] = 0;
    }
  }
#if BEFORE != BEFORE_EMBEDDING
  for (int k = lane; !within && k < TileTokens * Before; k += 32) warp_dots[warp * TileTokens * Before + k] = 0;  // for the slice's other warp
#endif

  for (int tile = blockIdx.y; tile * TileTokens < tokens; tile += gridDim.y) {
    // Eight threads a line. Those of tokens behind the last are zeros, so that they add nothing to fn's gradient.
    for (int row = threadIdx.x / 8; row < TileTokens; row += blockDim.x / 8) {
      const Four* from = token_lines + (size_t)(tile * TileTokens + row) * (LineLength / 4);
#pragma unroll
      for (int k = 0; k < Staged / 4; k += 8) {
        const int c = k + threadIdx.x % 8;
        if (c < Staged / 4) ((Four*)(lines + row * LineStride))[c] = from[c];
      }
    }
    __syncthreads();
    if (within) {
      const float* line0 = lines + g * LineStride;
      const float* line1 = line0 + 8 * LineStride;
      const int token0 = tile * TileTokens + g, token1 = token0 + 8;
      const bool there0 = token0 < tokens, there1 = token1 < tokens;
      const int row0 = min(token0, tokens - 1) * parts, row1 = min(token1, tokens - 1) * parts;
      Operands kept[OperandsStay ? Pairs + Odd : 1];
      if (LineGroups == 1) diagonal(line0[PullAt], line1[PullAt], g, t, pulls);
#pragma unroll
      for (int p = 0; OperandsStay && p < Pairs + Odd; p++) kept[p] = operands(line0 + OfProductsAt, line1 + OfProductsAt, p, t);
#if BEFORE != BEFORE_EMBEDDING
      float dots0[Before / N][DotsStay ? N : 1] = {}, dots1[Before / N][DotsStay ? N : 1] = {};  // [post, row of comb][stream]
#endif
#pragma unroll 1
      for (int step = 0; step < Steps; step++) {
        const int at = (first + step * StepColumns) / (2 * StepWords) + t;
        Part a0[Inputs], a1[Inputs], f0, f1;
#pragma unroll
        for (int i = 0; i < Inputs; i++) {
          a0[i] = x[row0 * Inputs + i * parts + at];
          a1[i] = x[row1 * Inputs + i * parts + at];
        }
#if BEFORE != BEFORE_EMBEDDING
        f0 = f[row0 + at];
        f1 = f[row1 + at];
#endif
        const Part u0 = gu[row0 + at], u1 = gu[row1 + at];

        // G without fn's share and the norm's; X' transposed.
        float d[LineStreams][StepWords][4];
        u32 columns[LineStreams][StepWords][2];
#pragma unroll
        for (int j = 0; j < LineStreams; j++) {
          float c0[StreamLine], c1[StreamLine];
          take(line0, j, c0);
          take(line1, j, c1);
#pragma unroll
          for (int w = 0; w < StepWords; w++) {
            d[j][w][0] = c0[PreAt] * lo(u0.v[w]);
            d[j][w][1] = c0[PreAt] * hi(u0.v[w]);
            d[j][w][2] = c1[PreAt] * lo(u1.v[w]);
            d[j][w][3] = c1[PreAt] * hi(u1.v[w]);
            columns[j][w][0] = transpose(again(c0, a0, f0, j, w));
            columns[j][w][1] = transpose(again(c1, a1, f1, j, w));
          }
        }
#pragma unroll
        for (int j = 0; Writes && j < N; j++) {
          const int l = LineStreams == 1 ? 0 : j;
          const Part g0 = gy[row0 * N + j * parts + at], g1 = gy[row1 * N + j * parts + at];
#pragma unroll
          for (int w = 0; w < StepWords; w++) {
            d[l][w][0] += lo(g0.v[w]);
            d[l][w][1] += hi(g0.v[w]);
            d[l][w][2] += lo(g1.v[w]);
            d[l][w][3] += hi(g1.v[w]);
          }
        }

        // The norm's share of G. Where all streams have one pull, its rests come after all its words.
        constexpr int Turns = LineGroups == 1 ? 2 : 1;
#pragma unroll
        for (int turn = 0; turn < Turns; turn++)
#pragma unroll
          for (int k = 0; k < StepParts; k++) {
            const int j = k / StepWords, w = k % StepWords;
            if (LineGroups > 1 && w == 0) diagonal(line0[j * StreamLine + PullAt], line1[j * StreamLine + PullAt], g, t, pulls);
#pragma unroll
            for (int rest = turn; rest < 2; rest += Turns) {
              const u32* a = rest ? pulls.rest : pulls.words;
              mma(d[j][w], a[0], a[1], a[2], a[3], columns[j][w][0], columns[j][w][1]);
            }
          }

        // fn's gradient and its share of G, sixteen rows at a time. A batch's words are taken in turns: a tensor core's sums wait for the one before.
        float* step_fragments = fragments + step * StepWords * Eights * 64;
        float* step_sums = sums + step * StepWords * Eights * 64;
#pragma unroll (OperandsStay ? Pairs + Odd : 1)
        for (int p = 0; p < Pairs + Odd; p++) {
          Operands own = kept[OperandsStay ? p : 0];
          if (!OperandsStay && LineGroups == 1) {
            const float* of = Staged == LineLength ? line0 + OfProductsAt : (const float*)token_lines + (size_t)token0 * LineLength + OfProductsAt;
            own = operands(of, of + 8 * (Staged == LineLength ? LineStride : LineLength), p, t);
          }
#pragma unroll
          for (int first_part = 0; first_part < StepParts; first_part += Batch) {
            if (LineGroups > 1) own = operands(line0 + OfProductsAt + first_part / StepWords * Eights * 8, line1 + OfProductsAt + first_part / StepWords * Eights * 8, p, t);
            Four s[Batch], b[Batch];
#pragma unroll
            for (int k = 0; k < Batch; k++) {
              const int part = first_part + k, from = ((FnStreams == 1 ? 0 : part / StepWords) * Steps * StepWords + part % StepWords) * Eights * 64 + p * 128;
              if (part >= StepParts) continue;
              if (p < Pairs) {
                s[k] = ((const Four*)(step_sums + from))[lane];
                b[k] = ((const Four*)(step_fragments + from))[lane];
              } else {
                const Two sum = ((const Two*)(step_sums + from))[lane], own_fn = ((const Two*)(step_fragments + from))[lane];
                s[k] = {sum.v[0], sum.v[1], 0, 0};
                b[k] = {own_fn.v[0], own_fn.v[1], 0, 0};
              }
            }
#pragma unroll
            for (int turn = 0; turn < 5; turn++)
#pragma unroll
              for (int k = 0; k < Batch; k++) {
                if (first_part + k >= StepParts) continue;
                const int j = (first_part + k) / StepWords, w = (first_part + k) % StepWords;
                const u32* y = columns[j][w];
                const u32 b0 = __float_as_uint(b[k].v[0]), b1 = __float_as_uint(b[k].v[1]);
                if (turn == 0) mma(s[k].v, own.rows[0], own.rows[1], own.rows[2], own.rows[3], y[0], y[1]);
                if (turn == 1) mma(d[j][w], own.tokens[0], own.tokens[1], own.tokens[2], own.tokens[3], b0, b1);
                if (turn == 2) mma(s[k].v, own.rows_rest[0], own.rows_rest[1], own.rows_rest[2], own.rows_rest[3], y[0], y[1]);
                if (turn == 3) mma(d[j][w], own.tokens_rest[0], own.tokens_rest[1], own.tokens_rest[2], own.tokens_rest[3], b0, b1);
                if (turn == 4 && p < Pairs) mma(d[j][w], own.tokens[0], own.tokens[1], own.tokens[2], own.tokens[3], __float_as_uint(b[k].v[2]), __float_as_uint(b[k].v[3]));
              }
#pragma unroll
            for (int k = 0; k < Batch; k++) {
              const int part = first_part + k, from = ((FnStreams == 1 ? 0 : part / StepWords) * Steps * StepWords + part % StepWords) * Eights * 64 + p * 128;
              if (part >= StepParts) continue;
              if (p < Pairs) ((Four*)(step_sums + from))[lane] = s[k];
              else ((Two*)(step_sums + from))[lane] = {s[k].v[0], s[k].v[1]};
            }
          }
        }

        // The gradients of what made X'.
        float gf0[2 * StepWords] = {}, gf1[2 * StepWords] = {};  // of F, or of the embedding
#if BEFORE == BEFORE_MIXES
        float gx0[N][2 * StepWords] = {}, gx1[N][2 * StepWords] = {};
#endif
#pragma unroll
        for (int j = 0; j < LineStreams; j++) {
#if BEFORE == BEFORE_EMBEDDING
#pragma unroll
          for (int k = 0; k < 2 * StepWords; k++) {
            gf0[k] = d[j][k / 2][k % 2];
            gf1[k] = d[j][k / 2][2 + k % 2];
          }
#else
          float c0[StreamLine], c1[StreamLine];
          take(line0, j, c0);
          take(line1, j, c1);
          const int s = DotsStay ? j : 0;
          if (!DotsStay)
#pragma unroll
            for (int i = 0; i < Before / N; i++) dots0[i][0] = dots1[i][0] = 0;
#pragma unroll
          for (int w = 0; w < StepWords; w++) {
            const float* own = d[j][w];
#pragma unroll
            for (int k = 0; k < 2; k++) {
              gf0[2 * w + k] = fmaf(c0[PostAt], own[k], gf0[2 * w + k]);
              gf1[2 * w + k] = fmaf(c1[PostAt], own[2 + k], gf1[2 * w + k]);
            }
            dots0[0][s] = fmaf(lo(f0.v[w]), own[0], fmaf(hi(f0.v[w]), own[1], dots0[0][s]));
            dots1[0][s] = fmaf(lo(f1.v[w]), own[2], fmaf(hi(f1.v[w]), own[3], dots1[0][s]));
#if BEFORE == BEFORE_MIXES
#pragma unroll
            for (int i = 0; i < N; i++) {
#pragma unroll
              for (int k = 0; k < 2; k++) {
                gx0[i][2 * w + k] = fmaf(c0[i], own[k], gx0[i][2 * w + k]);
                gx1[i][2 * w + k] = fmaf(c1[i], own[2 + k], gx1[i][2 * w + k]);
              }
              dots0[1 + i][s] = fmaf(lo(a0[i].v[w]), own[0], fmaf(hi(a0[i].v[w]), own[1], dots0[1 + i][s]));
              dots1[1 + i][s] = fmaf(lo(a1[i].v[w]), own[2], fmaf(hi(a1[i].v[w]), own[3], dots1[1 + i][s]));
            }
#endif
          }
          if (!DotsStay) {
            float* own = warp_dots + (warp * TileTokens + g) * Before;
#pragma unroll
            for (int i = 0; i < Before / N; i += 4) {
              float four[2][4];
#pragma unroll
              for (int l = 0; l < 4; l++) {
                four[0][l] = i + l < Before / N ? dots0[i + l < Before / N ? i + l : 0][0] : 0;
                four[1][l] = i + l < Before / N ? dots1[i + l < Before / N ? i + l : 0][0] : 0;
              }
              const float sum0 = four_sums(four[0][0], four[0][1], four[0][2], four[0][3], t), sum1 = four_sums(four[1][0], four[1][1], four[1][2], four[1][3], t);
              if (i + t < Before / N) {
                own[(i + t) * N + j] = sum0;
                own[8 * Before + (i + t) * N + j] = sum1;
              }
            }
          }
#if BEFORE == BEFORE_GATES
          Part direct0, direct1;  // gradient of X
#pragma unroll
          for (int w = 0; w < StepWords; w++) {
            direct0.v[w] = pack(d[j][w][0], d[j][w][1]);
            direct1.v[w] = pack(d[j][w][2], d[j][w][3]);
          }
          if (there0) gx[row0 * N + j * parts + at] = direct0;
          if (there1) gx[row1 * N + j * parts + at] = direct1;
#endif
#endif
        }
        Part out0, out1;
#pragma unroll
        for (int w = 0; w < StepWords; w++) {
          out0.v[w] = pack(gf0[2 * w], gf0[2 * w + 1]);
          out1.v[w] = pack(gf1[2 * w], gf1[2 * w + 1]);
        }
        if (there0) gf[row0 + at] = out0;
        if (there1) gf[row1 + at] = out1;
#if BEFORE == BEFORE_MIXES
#pragma unroll
        for (int i = 0; i < N; i++) {
#pragma unroll
          for (int w = 0; w < StepWords; w++) {
            out0.v[w] = pack(gx0[i][2 * w], gx0[i][2 * w + 1]);
            out1.v[w] = pack(gx1[i][2 * w], gx1[i][2 * w + 1]);
          }
          if (there0) gx[row0 * N + i * parts + at] = out0;
          if (there1) gx[row1 * N + i * parts + at] = out1;
        }
#endif
      }
#if BEFORE != BEFORE_EMBEDDING
      if (DotsStay) {
        float* own = warp_dots + (warp * TileTokens + g) * Before + t;
#pragma unroll
        for (int k = 0; k < Before; k += 4) {
          float four[2][4];
#pragma unroll
          for (int l = 0; l < 4; l++) {
            const int at = k + l < Before ? k + l : 0;
            four[0][l] = k + l < Before ? dots0[at / N][DotsStay ? at % N : 0] : 0;
            four[1][l] = k + l < Before ? dots1[at / N][DotsStay ? at % N : 0] : 0;
          }
          const float sum0 = four_sums(four[0][0], four[0][1], four[0][2], four[0][3], t), sum1 = four_sums(four[1][0], four[1][1], four[1][2], four[1][3], t);
          if (k + t < Before) {
            own[k] = sum0;
            own[8 * Before + k] = sum1;
          }
        }
      }
#endif
    }
    __syncthreads();  // the warps' dots are there, and lines are read
#if BEFORE != BEFORE_EMBEDDING
    // A slice's warps take two numbers each of its sixteen tokens, and the next ones.
    const int of_slice = warp % SliceWarps, token = tile * TileTokens + lane % TileTokens, c = 2 * of_slice + lane / TileTokens;
    if (first - of_slice * WarpColumns < width && token < tokens) {
      const float* from = warp_dots + ((warp - of_slice) * TileTokens + lane % TileTokens) * Before + c;
      float* to = dots + ((size_t)((blockIdx.x * warps + warp) / SliceWarps) * Before + c) * tokens + token;
#pragma unroll
      for (int k = 0; k < Before; k += 2 * SliceWarps) {
        if (k + 2 * SliceWarps > Before && c + k >= Before) continue;
        float sum = from[k];
#pragma unroll
        for (int other = 1; other < SliceWarps; other++) sum += from[other * TileTokens * Before + k];
        to[k * tokens] = sum;
      }
    }
    // The next tile's lines may be written meanwhile; its dots only behind the barrier that follows them.
#endif
  }
  if (!within) return;
  for (int k = 0; k < Words * Eights; k++) {
    const int word = k / Eights, e = k % Eights, row = e * 8 + g, stream = word / (Steps * StepWords), place = word % (Steps * StepWords);
    const int column = first + place / StepWords * StepColumns + 2 * StepWords * t + 2 * (place % StepWords);
    if (row >= Rows) continue;
    const float* sum = sums + word * Eights * 64 + (e == 2 * Pairs ? Pairs * 128 + lane * 2 : e / 2 * 128 + lane * 4 + 2 * (e % 2));
    // The embedding's streams all have the same gradient.
    for (int j = 0; j < (BEFORE == BEFORE_EMBEDDING && Groups == 1 ? N : 1); j++) {
      float* target = fn_partial + (((size_t)blockIdx.y * Rows + row) * (Groups == 1 ? N : 1) + stream + j) * width + column;
      target[0] = sum[0];
      target[1] = sum[1];
    }
  }
}
