// Muon (https://kellerjordan.github.io/posts/muon/) for all matrices of one shape: momentum, Newton-Schulz steps on tensor cores, update.
// Grid y: matrices. offsets: each one's first element in the flat float buffers. clip: the gradient's factor; nothing happens where it is NaN.
// The bf16 matrices of the steps are padded with zeros to whole tiles, which change no sum, so that products have no borders.
constexpr int Tile = 128;   // rows and columns of a block's product
constexpr int Depth = 32;   // of its step
constexpr int Square = 32;  // side of what muon_start transposes

// m = beta m + rest g; u = beta m + rest g, Nesterov's look-ahead, whose square sum is wanted. Grid x: parts of a matrix; it is a matter of the
// size. Reads 8 bytes an element, writes 4. Shared: a float a warp.
extern "C" __global__ void __launch_bounds__(256) muon_momentum(
    const float* __restrict__ gradient, float* __restrict__ momentum, const long long* __restrict__ offsets, const float* __restrict__ clip,
    float* __restrict__ partial, float beta, float rest, int size) {
  SHARED_FLOATS(warps);
  const float factor = factor_of(clip);
  if (!is_number(factor)) return;
  gradient += offsets[blockIdx.y];
  momentum += offsets[blockIdx.y];
  float square = 0;
#pragma unroll 4
  for (unsigned k = blockIdx.x * blockDim.x + threadIdx.x; k < size; k += gridDim.x * blockDim.x) {
    float g = rest * (gradient[k] * factor), m = fmaf(beta, momentum[k], g), u = fmaf(beta, m, g);
    momentum[k] = m;
    square = fmaf(u, u, square);
  }
  square = block_sum(square, warps);
  if (threadIdx.x == 0) partial[(size_t)blockIdx.y * gridDim.x + blockIdx.x] = square;
}

// 1 / norm of every matrix, parts by thread, then as block_sum does. Shared: a float a warp.
extern "C" __global__ void __launch_bounds__(256) muon_norms(const float* __restrict__ partial, float* __restrict__ roots, const float* __restrict__ clip, int parts) {
  SHARED_FLOATS(warps);
  if (!is_number(factor_of(clip))) return;
  float sum = 0;
  for (int p = threadIdx.x; p < parts; p += blockDim.x) sum += partial[(size_t)blockIdx.y * parts + p];
  sum = block_sum(sum, warps);
  if (threadIdx.x == 0) roots[blockIdx.y] = 1 / (sqrtf(sum) + 1e-7f);
}

// u / |u| in bf16, upright [height, width] as the matrix lies in the buffers, and turned [width, height]. A block has 32 x 32 elements.
// Reads 8 bytes an element, writes 4. Shared: 32 * 33 floats.
extern "C" __global__ void __launch_bounds__(256) muon_start(
    const float* __restrict__ gradient, const float* __restrict__ momentum, const long long* __restrict__ offsets, const float* __restrict__ clip,
    const float* __restrict__ roots, u16* __restrict__ upright, u16* __restrict__ turned, int rows, int columns, int height, int width, float beta, float rest) {
  SHARED_FLOATS(square);
  const float factor = factor_of(clip);
  if (!is_number(factor)) return;
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, top = blockIdx.x / (width / Square) * Square, left = blockIdx.x % (width / Square) * Square;
  const float root = roots[blockIdx.y];
  const size_t matrix = (size_t)blockIdx.y * height * width;
  gradient += offsets[blockIdx.y];
  momentum += offsets[blockIdx.y];
#pragma unroll
  for (int k = warp; k < Square; k += 8) {
    const int row = top + k, column = left + lane;
    float u = 0;
    if (row < rows && column < columns) {
      const size_t at = (size_t)row * columns + column;
      u = fmaf(beta, momentum[at], rest * (gradient[at] * factor)) * root;
    }
    square[k * (Square + 1) + lane] = u;
    put(upright + matrix + (size_t)row * width + column, u);
  }
  __syncthreads();
#pragma unroll
  for (int k = warp; k < Square; k += 8) put(turned + matrix + (size_t)(left + k) * height + top + lane, square[lane * (Square + 1) + k]);
}

// D [rows, columns] = alpha E + beta P [rows, depth] . Q [columns, depth]^T, rounded once, and D^T beside it. All bf16, sums in float, depth in
// order. A block has 128 x 128, a warp 64 x 32 of it: lane (g, t) = (lane / 4, lane % 4) takes its own 8 numbers of depth from row g as k, as
// they lie (02_site_products.cu). Two steps of depth are in shared memory: one is multiplied while the next arrives.
// symmetric: P . Q^T is, and D and D^T are one matrix; blocks above the diagonal are left to those below. Grid x: blocks.
// Shared: 2 * 2 * 128 * 32 numbers of bf16.
extern "C" __global__ void __launch_bounds__(256) muon_product(
    const Eight* __restrict__ p, const Eight* __restrict__ q, const u32* __restrict__ e, u32* d, u32* transposed, const float* __restrict__ clip,
    int rows, int columns, int depth, float alpha, float beta, int symmetric) {
  constexpr int Words = Tile * Depth / 8;  // eights of an operand's step
  SHARED_FLOATS(memory);
  Eight* shared = (Eight*)memory;  // [step % 2][P, Q][row][eight]
  if (!is_number(factor_of(clip))) return;
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, g = lane / 4, t = lane % 4;
  int down, right;
  if (symmetric) {
    for (down = 0; (down + 1) * (down + 2) / 2 <= blockIdx.x; down++) {}
    right = blockIdx.x - down * (down + 1) / 2;
  } else {
    down = blockIdx.x / (columns / Tile);
    right = blockIdx.x % (columns / Tile);
  }
  const int depth8 = depth / 8, steps = depth / Depth;
  const size_t matrix = (size_t)blockIdx.y * rows * columns / 2;
  // A thread brings two eights of each operand: those of rows row and row + 64.
  const int row = threadIdx.x / 4;
  p += ((size_t)blockIdx.y * rows + down * Tile + row) * depth8 + threadIdx.x % 4;
  q += ((size_t)blockIdx.y * columns + right * Tile + row) * depth8 + threadIdx.x % 4;
  const size_t half = (size_t)Tile / 2 * depth8;
  Eight p0 = p[0], p1 = p[half], q0 = q[0], q1 = q[half];
  float sums[4][4][4] = {};
  const int top = warp / 4 * 64, left = warp % 4 * 32;
  shared[threadIdx.x] = p0, shared[256 + threadIdx.x] = p1, shared[Words + threadIdx.x] = q0, shared[Words + 256 + threadIdx.x] = q1;
#pragma unroll 1
  for (int step = 0; step < steps; step++) {
    __syncthreads();  // this step is there, and all are done with the one before
    const Eight* own = shared + step % 2 * 2 * Words;
    Eight* next = shared + (step + 1) % 2 * 2 * Words + threadIdx.x;
    const int at = (step + 1 < steps ? step + 1 : step) * (Depth / 8);
    p0 = p[at], p1 = p[half + at], q0 = q[at], q1 = q[half + at];
    Eight b[4];
#pragma unroll
    for (int n = 0; n < 4; n++) b[n] = own[Words + (left + 8 * n + g) * 4 + t];
#pragma unroll
    for (int m = 0; m < 4; m++) {
      Eight a0 = own[(top + 16 * m + g) * 4 + t], a1 = own[(top + 16 * m + 8 + g) * 4 + t];
#pragma unroll
      for (int n = 0; n < 4; n++) {
        mma(sums[m][n], a0.v[0], a1.v[0], a0.v[1], a1.v[1], b[n].v[0], b[n].v[1]);
        mma(sums[m][n], a0.v[2], a1.v[2], a0.v[3], a1.v[3], b[n].v[2], b[n].v[3]);
      }
    }
    next[0] = p0, next[256] = p1, next[Words] = q0, next[Words + 256] = q1;
  }
#pragma unroll
  for (int m = 0; m < 4; m++)
#pragma unroll
    for (int n = 0; n < 4; n++)
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int i = down * Tile + top + 16 * m + 8 * h, j = right * Tile + left + 8 * n;  // of 8 x 8 results
        const size_t to = matrix + ((size_t)(i + g) * columns + j) / 2 + t;
        float low = beta * sums[m][n][2 * h], high = beta * sums[m][n][2 * h + 1];
        if (e) {
          const u32 word = e[to];
          low = fmaf(alpha, lo(word), low), high = fmaf(alpha, hi(word), high);
        }
        const u32 word = pack(low, high), other = transpose(word);
        d[to] = word;
        if (!symmetric || down != right) transposed[matrix + ((size_t)(j + g) * rows + i) / 2 + t] = other;
      }
}

// x = keep x + rate u, and x as bf16 beside it. Grid x: 256 elements of a matrix each. Reads 6 bytes an element, writes 4, and 2 of the copy.
extern "C" __global__ void __launch_bounds__(256) muon_apply(
    float* __restrict__ values, const long long* __restrict__ offsets, const float* __restrict__ clip, const u16* __restrict__ u, u16* __restrict__ rounded,
    int columns, int size, int pitch, long long padded, float keep, float rate) {
  if (!is_number(factor_of(clip))) return;
  const unsigned k = blockIdx.x * blockDim.x + threadIdx.x;
  if (k >= size) return;
  const size_t at = offsets[blockIdx.y] + k;
  const float value = fmaf(keep, values[at], rate * number(u[(size_t)blockIdx.y * padded + (size_t)(k / columns) * pitch + k % columns]));
  values[at] = value;
  if (rounded) put(rounded + at, value);
}
