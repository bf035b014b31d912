// A site for at most 32 tokens in one launch: write, products, coefficients, read and the sublayer's norm. Few tokens leave no time for
// four launches; what takes time is fn, which is read once.
//
// Items: "slice", 32 columns of all tokens: X', sums of squares, products; then "token": its slices' sums, coefficients, u, norm. A token
// waits for all slices. Grid: any number of blocks of 256 threads. Arithmetic is float, fn is not rounded; X' is what is stored.
// Sums: a product's columns by four lanes, 8 columns of each stream, streams in order, then halves; slices by warp (8 apart), warps in order. Squares
// of u: by thread, then halves of the warp, warps in order.
constexpr int DecodeWarps = 8, Threads = DecodeWarps * 32, ReadingWarps = DecodeWarps - 1;  // the last warp makes the coefficients meanwhile
constexpr int Sums = Groups * (Rows + 1);                        // of a token: products, squares
constexpr int FnStreams = Groups == 1 ? N : 1;                   // hc's fn is the same for every stream
constexpr int FnLine = FnStreams * Columns + 4, XLine = N * Columns + 4, Line = Before | 1;  // so that rows lie in different banks
constexpr int RowVectors = Columns / Lanes;                      // of a slice's row

// What both kinds of items work on. Shared memory is cut up in order: fn [Rows][FnLine], X' [T][XLine], parts [8][Sums], sums [Sums],
// squares [8], the item's number, coefficients [T][Line].
struct Decode {
  float *fn, *x, *parts, *sums, *squares, *lines;
  int* item;

  __device__ __forceinline__ Decode(float* memory, int tokens) {
    fn = memory;
    x = fn + Rows * FnLine;
    parts = x + tokens * XLine;
    sums = parts + DecodeWarps * Sums;
    squares = sums + Sums;
    item = (int*)(squares + DecodeWarps);
    lines = (float*)(item + 1);
  }
};

// Row s of a token's sums over a slice: eight columns of each stream, of lane p of four.
__device__ __forceinline__ float slice_sum(const Decode& decode, int token, int s, int p) {
  const int group = s / (Rows + 1), row = s % (Rows + 1);
  const float* left = decode.x + token * XLine + group * Columns + 8 * p;
  const float* right = row < Rows ? decode.fn + row * FnLine + 8 * p : left;
  float sum = 0;
#pragma unroll
  for (int j = 0; j < FnStreams; j++, left += Columns, right += Columns)
#pragma unroll
    for (int k = 0; k < 8; k += 4) {
      const Eight a = *(const Eight*)(left + k), b = *(const Eight*)(right + k);
#pragma unroll
      for (int w = 0; w < 4; w++) sum = fmaf(__uint_as_float(a.v[w]), __uint_as_float(b.v[w]), sum);
    }
#pragma unroll
  for (int distance = 1; distance < 4; distance *= 2) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
  return sum;
}

// Shared: as Decode says. partial: [slice][T][Sums], counters: 3 numbers. streams: where X' goes, though nobody may want it.
extern "C" __global__ void __launch_bounds__(256, 1) site_decode(
    const Eight* __restrict__ x, const Eight* __restrict__ f, const float* __restrict__ writing_before, const float* __restrict__ fn,
    const float* __restrict__ scale, const float* __restrict__ bias, Eight* streams, float* products, float* roots, float* writing, Eight* u,
    const float* __restrict__ weight, Eight* normed, float* norm_roots, float* partial, u32* counters, int width, int tokens, int iterations, float eps,
    float norm_eps, float read_eps) {
  SHARED_FLOATS(memory);
  const Decode decode(memory, tokens);
  const int thread = threadIdx.x, lane = thread % 32, warp = thread / 32, vectors = width / Lanes, slices = width / Columns;
  u32 *items = counters + 1, *written = counters + 2;  // before them who left

  // fn on its way to the second-level cache before the first item is known: together the blocks name every slice.
  for (int slice = blockIdx.x; slice < slices; slice += gridDim.x)
    for (int k = thread; k < Rows * FnStreams; k += Threads) prefetch(fn + (size_t)k * width + slice * Columns);

  for (int item; (item = next_item(items, decode.item)) < slices + tokens;) {
    if (item < slices) {
      for (int k = thread; k < Rows * FnStreams * Columns; k += Threads) {
        const int row = k / (FnStreams * Columns), rest = k % (FnStreams * Columns);
        copy_later(decode.fn + row * FnLine + rest, fn + ((size_t)row * FnStreams + rest / Columns) * width + item * Columns + rest % Columns);
      }
      for (int k = thread; k < tokens * Before; k += Threads) copy_later(decode.lines + k % tokens * Line + k / tokens, writing_before + k);
      // A thread has 16 bytes of every stream.
      const int token = thread / RowVectors, part = thread % RowVectors, at = item * RowVectors + part;
      Eight a[Inputs], of;
      if (token < tokens) load(x, f, token, vectors, at, a, of);
      copies_done();
      __syncthreads();
      if (token < tokens) {
#pragma unroll
        for (int j = 0; j < N; j++) {
          const Eight y = made(decode.lines + token * Line, a, of, j);
          streams[(token * N + j) * vectors + at] = y;
#pragma unroll
          for (int k = 0; k < Lanes; k++) decode.x[token * XLine + j * Columns + part * Lanes + k] = column(y, k);
        }
      }
      __syncthreads();
      for (int first = 0; first < Sums * tokens; first += Threads / 4) {
        // Behind the last sum it is the last one again: a warp's lanes stay together.
        const int own = first + thread / 4, pair = min(own, Sums * tokens - 1);
        const float sum = slice_sum(decode, pair / Sums, pair % Sums, thread % 4);
        if (own == pair && thread % 4 == 0) partial[(size_t)item * Sums * tokens + pair] = sum;
      }
      __syncthreads();
      if (thread == 0) count_up(written);
      continue;
    }

    const int token = item - slices, flat = N * width / Groups;
    await(written, slices);
    const Eight* own = streams + (size_t)token * N * vectors;
    Eight y[N];
    if (warp < ReadingWarps && thread < vectors)
#pragma unroll
      for (int i = 0; i < N; i++) y[i] = own[i * vectors + thread];
    for (int s = lane; s < Sums; s += 32) {
      float sum = 0;
      for (int slice = warp; slice < slices; slice += DecodeWarps) sum += partial[((size_t)slice * tokens + token) * Sums + s];
      decode.parts[warp * Sums + s] = sum;
    }
    __syncthreads();
    for (int s = thread; s < Sums; s += Threads) {
      const int group = s / (Rows + 1), row = s % (Rows + 1);
      float sum = decode.parts[s];
      for (int w = 1; w < DecodeWarps; w++) sum += decode.parts[w * Sums + s];
      if (row < Rows) products[((size_t)row * tokens + token) * Groups + group] = sum;
      else roots[(size_t)token * Groups + group] = sum = rsqrtf(sum / flat + norm_eps);
      decode.sums[s] = sum;
    }
    __syncthreads();
    float m[Groups * Rows], q[Coefficients], square = 0;
#pragma unroll
    for (int k = 0; k < Groups * Rows; k++) {
      const float* of = decode.sums + k / Rows * (Rows + 1);
      m[k] = of[k % Rows] * of[Rows];
    }
    if (warp == ReadingWarps) {
      if (lane == 0) {
        coefficients(m, scale, bias, q, {iterations, eps});
#pragma unroll
        for (int k = N; k < Coefficients; k++) writing[(size_t)(k - N) * tokens + token] = q[k];
      }
    } else {
      // Of all coefficients the compiler leaves pre alone.
      coefficients(m, scale, bias, q, {iterations, eps});
      for (int at = thread; at < vectors; at += ReadingWarps * 32) {
        if (at != thread)
#pragma unroll
          for (int i = 0; i < N; i++) y[i] = own[i * vectors + at];
        float sums[Lanes];
#pragma unroll
        for (int k = 0; k < Lanes; k++) {
          sums[k] = 0;
#pragma unroll
          for (int i = 0; i < N; i++) sums[k] = fmaf(q[i], column(y[i], k), sums[k]);
        }
        const Eight result = vector_of(sums);
        u[token * vectors + at] = result;
#pragma unroll
        for (int k = 0; k < Lanes; k++) square = fmaf(column(result, k), column(result, k), square);
      }
    }
    if (!weight) continue;
    square = warp_sum(square);
    if (lane == 0) decode.squares[warp] = square;
    __syncthreads();
    float total = decode.squares[0];
    for (int w = 1; w < ReadingWarps; w++) total += decode.squares[w];
    const float root = rsqrtf(total / width + read_eps);
    if (thread == 0) norm_roots[token] = root;
    for (int at = thread; warp < ReadingWarps && at < vectors; at += ReadingWarps * 32) {
      const Eight before = u[token * vectors + at];  // what this thread wrote
      float columns[Lanes];
#pragma unroll
      for (int k = 0; k < Lanes; k++) columns[k] = column(before, k) * root * weight[at * Lanes + k];
      normed[token * vectors + at] = vector_of(columns);
    }
  }
  leave(counters, 3, decode.item);
}
