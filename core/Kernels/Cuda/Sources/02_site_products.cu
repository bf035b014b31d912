// Write, sums of squares and products with fn in one pass: X and F in, X' out, and for each slice of columns its part of every token's
// sums. X' is rounded to bf16 first, so that what is multiplied is what is stored.
//
// Grid (slices, any number), 8 warps or fewer. A block keeps its slice of fn in shared memory for all its tokens, as fragments: bf16 and what
// bf16 loses, together 16 bits of fn. A warp has 16 tokens a step, 32 columns at a time: lane (g, t) = (lane / 4, lane % 4) has tokens
// g and g + 8, and of each row the 8 columns from 8 t: one access of 16 bytes. A tensor core sums over columns in any order, so these 8 columns
// are its k as they lie, if fn's fragments are permuted alike.
// Sums: columns of a slice within tensor cores chunk by chunk; squares by lane, then the four lanes of a token; slices in 03.
// Reads X (n C), F (C); writes X' (n C). Partials: Groups (Rows + 1) floats a token and slice.

constexpr int ProductLine = Before | 1, ProductStreams = Groups == 1 ? N : 1;  // hc's fn is the same for every stream

// A slice of fn as fragments, [chunk][stream][eight of rows][lane][bf16, rest], by the whole block.
__device__ __forceinline__ void put_fragments(const float* fn, Eight* fragments, int first, int own_chunks, int width) {
  for (int k = threadIdx.x; k < own_chunks * ProductStreams * Eights * 32; k += blockDim.x) {
    int l = k % 32, eight = k / 32 % Eights, j = k / 32 / Eights % ProductStreams, chunk = k / 32 / Eights / ProductStreams, row = eight * 8 + l / 4;
    const float* source = fn + ((size_t)row * ProductStreams + j) * width + (first + chunk) * Columns + l % 4 * 8;
#pragma unroll
    for (int w = 0; w < 4; w++)
      split(row < Rows ? source[2 * w] : 0, row < Rows ? source[2 * w + 1] : 0, fragments[2 * k].v[w], fragments[2 * k + 1].v[w]);
  }
}

// Sixteen tokens of a slice by a warp. lines: 16 * ProductLine floats of its own.
__device__ __forceinline__ void multiply_tile(
    const Eight* x, const Eight* f, const float* writing, Eight* streams, float* partial, const Eight* fragments, float* lines, int slice, int first,
    int own_chunks, int tile, int width, int tokens) {
  const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, width8 = width / 8;
  // Tokens behind the last are the last one again, and are not stored.
  const int token0 = tile * TileTokens + g, token1 = token0 + 8, from0 = min(token0, tokens - 1), from1 = min(token1, tokens - 1);
  // All lanes are done with the tile before: its squares needed theirs.
  for (int k = lane; k < TileTokens * Before; k += 32)
    lines[k % TileTokens * ProductLine + k / TileTokens] = writing[(size_t)(k / TileTokens) * tokens + min(tile * TileTokens + k % TileTokens, tokens - 1)];
  __syncwarp();
  const float* q0 = lines + g * ProductLine;
  const float* q1 = q0 + 8 * ProductLine;
  float sums[Groups][Eights][4], squares0[Groups], squares1[Groups];
#pragma unroll
  for (int s = 0; s < Groups; s++) {
    squares0[s] = squares1[s] = 0;
#pragma unroll
    for (int e = 0; e < Eights; e++) sums[s][e][0] = sums[s][e][1] = sums[s][e][2] = sums[s][e][3] = 0;
  }
#pragma unroll 1
  for (int chunk = 0; chunk < own_chunks; chunk++) {
    const int at = (first + chunk) * (Columns / 8) + t;
    Eight a0[Inputs], a1[Inputs], f0, f1;
    load(x, f, from0, width8, at, a0, f0);
    load(x, f, from1, width8, at, a1, f1);
    // Not unrolled where a stream's index is no register's: half the registers.
#if MAP == MAP_HC || BEFORE == BEFORE_GATES
#pragma unroll
#else
#pragma unroll 1
#endif
    for (int j = 0; j < N; j++) {
      const int s = Groups == 1 ? 0 : j;
      Eight y0 = written(q0, a0, f0, j), y1 = written(q1, a1, f1, j);
      if (streams && token0 < tokens) streams[((size_t)token0 * N + j) * width8 + at] = y0;
      if (streams && token1 < tokens) streams[((size_t)token1 * N + j) * width8 + at] = y1;
#pragma unroll
      for (int w = 0; w < 4; w++) {
        squares0[s] = fmaf(lo(y0.v[w]), lo(y0.v[w]), fmaf(hi(y0.v[w]), hi(y0.v[w]), squares0[s]));
        squares1[s] = fmaf(lo(y1.v[w]), lo(y1.v[w]), fmaf(hi(y1.v[w]), hi(y1.v[w]), squares1[s]));
      }
      const Eight* own = fragments + 2 * ((chunk * ProductStreams + (Groups == 1 ? j : 0)) * Eights * 32 + lane);
#pragma unroll
      for (int e = 0; e < Eights; e++) {
        Eight b = own[2 * e * 32], rest = own[2 * e * 32 + 1];
        mma(sums[s][e], y0.v[0], y1.v[0], y0.v[1], y1.v[1], b.v[0], b.v[1]);
        mma(sums[s][e], y0.v[2], y1.v[2], y0.v[3], y1.v[3], b.v[2], b.v[3]);
        mma(sums[s][e], y0.v[0], y1.v[0], y0.v[1], y1.v[1], rest.v[0], rest.v[1]);
        mma(sums[s][e], y0.v[2], y1.v[2], y0.v[3], y1.v[3], rest.v[2], rest.v[3]);
      }
    }
  }
  float* target = partial + (size_t)slice * Groups * (Rows + 1) * tokens;
#pragma unroll
  for (int s = 0; s < Groups; s++, target += (size_t)(Rows + 1) * tokens) {
#pragma unroll
    for (int e = 0; e < Eights; e++)
#pragma unroll
      for (int k = 0; k < 4; k++) {
        int row = e * 8 + 2 * t + k % 2, token = k < 2 ? token0 : token1;
        if (row < Rows && token < tokens) target[(size_t)row * tokens + token] = sums[s][e][k];
      }
    float square0 = squares0[s], square1 = squares1[s];
#pragma unroll
    for (int distance = 1; distance < 4; distance *= 2) {
      square0 += __shfl_xor_sync(0xffffffffu, square0, distance);
      square1 += __shfl_xor_sync(0xffffffffu, square1, distance);
    }
    if (t == 0 && token0 < tokens) target[(size_t)Rows * tokens + token0] = square0;
    if (t == 0 && token1 < tokens) target[(size_t)Rows * tokens + token1] = square1;
  }
}

// Grid y may be anything: a token's sums do not depend on the warp that makes them.
// Shared: chunks * N * Eights * 32 * 32 bytes of fragments, then warps * 16 * (Before | 1) floats.
extern "C" __global__ void __launch_bounds__(256) site_products(
    const Eight* __restrict__ x, const Eight* __restrict__ f, const float* __restrict__ writing, const float* __restrict__ fn,
    Eight* __restrict__ streams, float* __restrict__ partial, int width, int tokens, int chunks) {
  SHARED_FLOATS(memory);
  Eight* fragments = (Eight*)memory;
  const int warp = threadIdx.x / 32, warps = blockDim.x / 32, first = blockIdx.x * chunks, own_chunks = min(chunks, width / Columns - first);
  float* lines = memory + chunks * ProductStreams * Eights * 32 * 8 + warp * TileTokens * ProductLine;
  put_fragments(fn, fragments, first, own_chunks, width);
  __syncthreads();
  for (int tile = blockIdx.y * warps + warp; tile * TileTokens < tokens; tile += gridDim.y * warps)
    multiply_tile(x, f, writing, streams, partial, fragments, lines, blockIdx.x, first, own_chunks, tile, width, tokens);
}
