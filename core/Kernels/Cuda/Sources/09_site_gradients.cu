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

constexpr int StepColumns = 8 * StepWords, Steps = N <= 4 ? 2 : 1, WarpColumns = Steps * StepColumns;
constexpr int SliceWarps = N <= 4 || FnStreams * Eights > 36 ? 2 : 4;      // those that a block has on every device
constexpr int Words = FnStreams * Steps * StepWords;                       // of a lane, in a row of fn
constexpr int StepParts = LineStreams * StepWords;                         // of X' and G, in a lane's step
constexpr int Batch = FnStreams == 1 ? StepWords : N <= 4 ? 4 : 2;         // of them, whose sums tensor cores make in turns
constexpr int OddBatch = FnStreams == 1 ? 1 : 2;                           // likewise, of streams, for an eight that is left
constexpr bool DotsStay = N <= 4;                                          // in registers for a tile, the gradients of post and comb
typedef Packed<StepWords> Part;

// Where in shared memory a lane's part of an eight of fn's rows lies, and that of their gradient, the eight paired or alone. Paired: bf16 of
// both, rests of both; the sums of both. Alone: bf16 and rest, the sums, of each of a step's words.
__device__ __forceinline__ int place_of(int word, int e, int lane) {
  const int step = word / StepWords * StepWords * Eights * 64;
  return e == 2 * Pairs ? step + StepWords * Pairs * 128 + lane * 2 * StepWords : step + (word % StepWords * Pairs + e / 2) * 128 + lane * 4;
}

// Neighbouring numbers of a token's line. Those of many streams are read where they are needed: read ahead they would not fit in registers.
template <int Count> __device__ __forceinline__ void take(const float* line, float (&c)[Count]) {
#pragma unroll
  for (int k = 0; k < Count; k += 4) {
    const float* at = line + k;
    const volatile float* late = at;
    const Four four = N <= 4 ? *(const Four*)at : Four{late[0], late[1], late[2], late[3]};
#pragma unroll
    for (int l = 0; l < 4; l++) c[k + l] = four.v[l];
  }
}

// X'_j of two columns; as written_word.
__device__ __forceinline__ u32 again(float post, const float (&comb)[AtLeastOne(CombLine)], const Part (&a)[Inputs], const Part& f, int j, int w) {
#if BEFORE == BEFORE_EMBEDDING
  return a[0].v[w];
#elif BEFORE == BEFORE_GATES
  return pack(fmaf(post, lo(f.v[w]), lo(a[j].v[w])), fmaf(post, hi(f.v[w]), hi(a[j].v[w])));
#else
  float low = post * lo(f.v[w]), high = post * hi(f.v[w]);
#pragma unroll
  for (int i = 0; i < N; i++) {
    low = fmaf(comb[i], lo(a[i].v[w]), low);
    high = fmaf(comb[i], hi(a[i].v[w]), high);
  }
  return pack(low, high);
#endif
}

__device__ __forceinline__ void product(float (&d)[4], const Eight& a, u32 b0, u32 b1) { mma(d, a.v[0], a.v[1], a.v[2], a.v[3], b0, b1); }

// The sums of four numbers over the four lanes of a token: lane t has number t's.
__device__ __forceinline__ float four_sums(float v0, float v1, float v2, float v3, int t) {
  const bool odd = t & 1, upper = t & 2;
  const float low = (odd ? v1 : v0) + __shfl_xor_sync(0xffffffffu, odd ? v0 : v1, 1);
  const float high = (odd ? v3 : v2) + __shfl_xor_sync(0xffffffffu, odd ? v2 : v3, 1);
  return (upper ? high : low) + __shfl_xor_sync(0xffffffffu, upper ? low : high, 2);
}

// Shared: warps * 2 * Words * Eights * 256 bytes (fragments, sums), then StagedLength and warps * 16 * Before floats.
extern "C" __global__ void __launch_bounds__(128, 1) site_gradients(
    const Part* __restrict__ x, const Part* __restrict__ f, const float* __restrict__ fn, const Part* __restrict__ gu, const Part* __restrict__ gy,
    const Four* __restrict__ tiles, Part* __restrict__ gx, Part* __restrict__ gf, float* __restrict__ dots, float* __restrict__ fn_partial, int width, int tokens) {
  SHARED_FLOATS(memory);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32, g = lane / 4, t = lane % 4;
  const int parts = width / (2 * StepWords), first = (blockIdx.x * warps + warp) * WarpColumns;  // parts: of a row
  const bool within = first < width;
  float* fragments = memory + warp * Words * Eights * 128;
  float* sums = fragments + Words * Eights * 64;
  float* lines = memory + warps * Words * Eights * 128;  // and operands
#if BEFORE != BEFORE_EMBEDDING
  float* warp_dots = lines + StagedLength;               // [warp][16][Before]
#endif

  for (int k = 0; k < Words * Eights; k++) {
    const int word = k / Eights, e = k % Eights, row = e * 8 + 2 * t, stream = word / (Steps * StepWords), place = word % (Steps * StepWords);
    const int column = first + place / StepWords * StepColumns + 2 * StepWords * (g / 2) + 2 * (place % StepWords) + g % 2;
    u32 pair[2];
    split(within ? fn_element(fn, row, stream, column, width) : 0, within ? fn_element(fn, row + 1, stream, column, width) : 0, pair[0], pair[1]);
#pragma unroll
    for (int r = 0; r < 2; r++) {
      const int at = place_of(word, e, lane), of = e == 2 * Pairs ? word % StepWords * 2 + r : 2 * r + e % 2;
      fragments[at + of] = __uint_as_float(pair[r]);
      sums[at + of] = 0;
    }
  }
#if BEFORE != BEFORE_EMBEDDING
  for (int k = lane; !within && k < TileTokens * Before; k += 32) warp_dots[warp * TileTokens * Before + k] = 0;  // for the slice's other warp
#endif

  for (int tile = blockIdx.y; tile * TileTokens < tokens; tile += gridDim.y) {
    // Tokens behind the last are zeros, so that they add nothing to fn's gradient.
    const Four* own_tile = tiles + (u32)tile * (TileLength / 4);  // 64 bits of it would cost hc a register that GPUs before Hopper lack
    for (int at = threadIdx.x / 64 * 256 + threadIdx.x % 64; at < StagedLength / 4; at += 4 * blockDim.x) {
      Four held[4];
#pragma unroll
      for (int l = 0; l < 4; l++) held[l] = own_tile[at + 64 * l];
#pragma unroll
      for (int l = 0; l < 4; l++) ((Four*)lines)[at + 64 * l] = held[l];
    }
    __syncthreads();
    if (within) {
      const float* line0 = lines + g * LineLength;
      const float* line1 = line0 + 8 * LineLength;
      const Eight* operands = (const Eight*)(Staged ? (const Four*)lines : own_tile) + TileLines / 4 + lane;
      const int token0 = tile * TileTokens + g, token1 = token0 + 8;
      const bool there0 = token0 < tokens, there1 = token1 < tokens;
      const u32 row0 = min(token0, tokens - 1) * parts, row1 = min(token1, tokens - 1) * parts;
#if BEFORE != BEFORE_EMBEDDING
      float dots0[Before / N][DotsStay ? N : 1] = {}, dots1[Before / N][DotsStay ? N : 1] = {};  // [post, row of comb][stream]
#endif
#pragma unroll 1
      for (int step = 0; step < Steps; step++) {
        const u32 at = (first + step * StepColumns) / (2 * StepWords) + t;
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
          float comb0[AtLeastOne(CombLine)], comb1[AtLeastOne(CombLine)];
          if (CombLine > 0) {
            take(line0 + j * CombLine, comb0);
            take(line1 + j * CombLine, comb1);
          }
          const float pre0 = line0[PreAt + j], pre1 = line1[PreAt + j], post0 = line0[PostAt + j], post1 = line1[PostAt + j];
#pragma unroll
          for (int w = 0; w < StepWords; w++) {
            d[j][w][0] = pre0 * lo(u0.v[w]);
            d[j][w][1] = pre0 * hi(u0.v[w]);
            d[j][w][2] = pre1 * lo(u1.v[w]);
            d[j][w][3] = pre1 * hi(u1.v[w]);
            columns[j][w][0] = transpose(again(post0, comb0, a0, f0, j, w));
            columns[j][w][1] = transpose(again(post1, comb1, a1, f1, j, w));
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
        Eight pulls[2];
#pragma unroll
        for (int turn = 0; turn < Turns; turn++)
#pragma unroll
          for (int k = 0; k < StepParts; k++) {
            const int j = k / StepWords, w = k % StepWords;
#pragma unroll
            for (int rest = 0; rest < 2 && turn == 0 && (LineGroups > 1 ? w == 0 : k == 0); rest++) pulls[rest] = operands[((LineGroups > 1 ? j : 0) * GroupOperands + rest) * 32];
#pragma unroll
            for (int rest = turn; rest < 2; rest += Turns) product(d[j][w], pulls[rest], columns[j][w][0], columns[j][w][1]);
          }

        // fn's gradient and its share of G, sixteen rows at a time. A batch's words are taken in turns: a tensor core's sums wait for the one before.
        float* step_fragments = fragments + step * StepWords * Eights * 64;
        float* step_sums = sums + step * StepWords * Eights * 64;
        constexpr int OfStream = Steps * StepWords * Eights * 64;
#pragma unroll (Staged && Pairs > 0 ? Pairs : 1)
        for (int p = 0; p < Pairs; p++) {
          Eight of_tokens[2], of_rows[2];  // bf16, and what that loses
#pragma unroll
          for (int first_part = 0; first_part < StepParts; first_part += Batch) {
#pragma unroll
            for (int rest = 0; rest < 2 && (LineGroups > 1 || first_part == 0); rest++) {
              const Eight* own = operands + ((LineGroups > 1 ? first_part / StepWords : 0) * GroupOperands + PairAt + 4 * p + rest) * 32;
              of_tokens[rest] = own[0];
              of_rows[rest] = own[64];
            }
            Four s[Batch], b[Batch];
#pragma unroll
            for (int k = 0; k < Batch; k++) {
              const int part = first_part + k, from = (FnStreams == 1 ? 0 : part / StepWords) * OfStream + place_of(part % StepWords, 2 * p, lane);
              if (part >= StepParts) continue;
              s[k] = *(const Four*)(step_sums + from);
              b[k] = *(const Four*)(step_fragments + from);
            }
#pragma unroll
            for (int turn = 0; turn < 5; turn++)
#pragma unroll
              for (int k = 0; k < Batch; k++) {
                if (first_part + k >= StepParts) continue;
                const int j = (first_part + k) / StepWords, w = (first_part + k) % StepWords;
                const u32* y = columns[j][w];
                const u32 word0 = __float_as_uint(b[k].v[0]), word1 = __float_as_uint(b[k].v[1]);
                if (turn == 0) product(s[k].v, of_rows[0], y[0], y[1]);
                if (turn == 1) product(d[j][w], of_tokens[0], word0, word1);
                if (turn == 2) product(s[k].v, of_rows[1], y[0], y[1]);
                if (turn == 3) product(d[j][w], of_tokens[1], word0, word1);
                if (turn == 4) product(d[j][w], of_tokens[0], __float_as_uint(b[k].v[2]), __float_as_uint(b[k].v[3]));
              }
#pragma unroll
            for (int k = 0; k < Batch; k++) {
              const int part = first_part + k, from = (FnStreams == 1 ? 0 : part / StepWords) * OfStream + place_of(part % StepWords, 2 * p, lane);
              if (part < StepParts) *(Four*)(step_sums + from) = s[k];
            }
          }
        }
        // The eight that is left: a lane's two words share sixteen rows of sums.
        Eight of_tokens[2], of_rows[StepWords][2];
#pragma unroll
        for (int first_stream = 0; Odd && first_stream < LineStreams; first_stream += OddBatch) {
#pragma unroll
          for (int rest = 0; rest < 2 && (LineGroups > 1 || first_stream == 0); rest++) {
            const Eight* own = operands + ((LineGroups > 1 ? first_stream : 0) * GroupOperands + OddAt + rest) * 32;
            of_tokens[rest] = own[0];
#pragma unroll
            for (int w = 0; w < StepWords; w++) of_rows[w][rest] = own[64 + 64 * w];
          }
          Four s[OddBatch], b[OddBatch];
#pragma unroll
          for (int k = 0; k < OddBatch; k++) {
            const int from = (FnStreams == 1 ? 0 : first_stream + k) * OfStream + place_of(0, 2 * Pairs, lane);
            if (first_stream + k >= LineStreams) continue;
            if (StepWords == 2) {
              s[k] = *(const Four*)(step_sums + from);
              b[k] = *(const Four*)(step_fragments + from);
            } else {
              const Two sum = *(const Two*)(step_sums + from), own_fn = *(const Two*)(step_fragments + from);
              s[k] = {sum.v[0], sum.v[1], 0, 0};
              b[k] = {own_fn.v[0], own_fn.v[1], 0, 0};
            }
          }
#pragma unroll
          for (int turn = 0; turn < 2 * StepWords; turn++)
#pragma unroll
            for (int k = 0; k < OddBatch; k++) {
              const int j = first_stream + k, w = turn % StepWords, rest = turn / StepWords;
              if (j >= LineStreams) continue;
              product(s[k].v, of_rows[w][rest], columns[j][w][0], columns[j][w][1]);
              product(d[j][w], of_tokens[rest], __float_as_uint(b[k].v[StepWords == 2 ? 2 * w : 0]), __float_as_uint(b[k].v[StepWords == 2 ? 2 * w + 1 : 1]));
            }
#pragma unroll
          for (int k = 0; k < OddBatch; k++) {
            const int from = (FnStreams == 1 ? 0 : first_stream + k) * OfStream + place_of(0, 2 * Pairs, lane);
            if (first_stream + k >= LineStreams) continue;
            if (StepWords == 2) *(Four*)(step_sums + from) = s[k];
            else *(Two*)(step_sums + from) = {s[k].v[0], s[k].v[1]};
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
          float comb0[AtLeastOne(CombLine)], comb1[AtLeastOne(CombLine)];
          if (CombLine > 0) {
            take(line0 + j * CombLine, comb0);
            take(line1 + j * CombLine, comb1);
          }
          const float post0 = line0[PostAt + j], post1 = line1[PostAt + j];
          const int s = DotsStay ? j : 0;
          if (!DotsStay)
#pragma unroll
            for (int i = 0; i < Before / N; i++) dots0[i][0] = dots1[i][0] = 0;
#pragma unroll
          for (int w = 0; w < StepWords; w++) {
            const float* own = d[j][w];
#pragma unroll
            for (int k = 0; k < 2; k++) {
              gf0[2 * w + k] = fmaf(post0, own[k], gf0[2 * w + k]);
              gf1[2 * w + k] = fmaf(post1, own[2 + k], gf1[2 * w + k]);
            }
            dots0[0][s] = fmaf(lo(f0.v[w]), own[0], fmaf(hi(f0.v[w]), own[1], dots0[0][s]));
            dots1[0][s] = fmaf(lo(f1.v[w]), own[2], fmaf(hi(f1.v[w]), own[3], dots1[0][s]));
#if BEFORE == BEFORE_MIXES
#pragma unroll
            for (int i = 0; i < N; i++) {
#pragma unroll
              for (int k = 0; k < 2; k++) {
                gx0[i][2 * w + k] = fmaf(comb0[i], own[k], gx0[i][2 * w + k]);
                gx1[i][2 * w + k] = fmaf(comb1[i], own[2 + k], gx1[i][2 * w + k]);
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
    const float* sum = sums + place_of(word, e, lane) + 2 * (e == 2 * Pairs ? word % StepWords : e % 2);
    // The embedding's streams all have the same gradient.
    for (int j = 0; j < (BEFORE == BEFORE_EMBEDDING && Groups == 1 ? N : 1); j++) {
      float* target = fn_partial + (((size_t)blockIdx.y * Rows + row) * (Groups == 1 ? N : 1) + stream + j) * width + column;
      target[0] = sum[0];
      target[1] = sum[1];
    }
  }
}
