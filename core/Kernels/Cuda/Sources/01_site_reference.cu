// The plain kernels: a block has a token, a thread every blockDim-th column, all arithmetic is float. They take every connection, n, stream
// type and width, and are what the fast kernels are compared with. X' is computed again wherever it is needed; a token's numbers lie
// in shared memory. Orders of sums: streams in order; columns by lane (32 apart), then a warp's lanes by halves, but for the gradients of post and
// comb, one column after the other; tokens by thread (256 apart), then halves.

// What makes the streams X' that a site reads: the embedding in every stream (f null), or a write to x, or a write to streams that are all
// the embedding.
struct Source {
  const Element* embedding;  // [T, C] or null
  const Element* x;          // [T, n, C]
  const Element* f;          // [T, C] or null
  const float* writing;      // post (n) and comb (n*n), [rows, T]
  int mixes, width, tokens;

  __device__ __forceinline__ float before(int token, int i, int column) const {
    return embedding ? value(embedding[(size_t)token * width + column]) : value(x[((size_t)token * N + i) * width + column]);
  }

  __device__ __forceinline__ float post(int token, int j) const { return writing[(size_t)j * tokens + token]; }

  __device__ __forceinline__ float comb(int token, int i, int j) const {
    return mixes ? writing[(size_t)(N + i * N + j) * tokens + token] : i == j ? 1 : 0;
  }

  // X'_j as it is stored: what is normed and multiplied is what backward computes again.
  __device__ __forceinline__ Element stored(int token, int j, int column) const {
    if (!f) return embedding[(size_t)token * width + column];
    float sum = post(token, j) * value(f[(size_t)token * width + column]);
    if (!mixes) return element(sum + before(token, j, column));
    for (int i = 0; i < N; i++) sum = fmaf(comb(token, i, j), before(token, i, column), sum);
    return element(sum);
  }
  __device__ __forceinline__ float at(int token, int j, int column) const { return value(stored(token, j, column)); }
};

// X' alone, grid [T].
extern "C" __global__ void __launch_bounds__(128, 1) site_write_plain(
    const Element* embedding, const Element* x, const Element* f, const float* writing, int mixes, Element* streams, int width, int tokens) {
  Source source = {embedding, x, f, writing, mixes, width, tokens};
  int token = blockIdx.x;
  for (int k = threadIdx.x; k < N * width; k += blockDim.x) streams[(size_t)token * N * width + k] = source.stored(token, k / width, k % width);
}

// Forward, grid [T]. Shared: Groups (2 Rows + 1) + Coefficients floats. streams may be null.
extern "C" __global__ void __launch_bounds__(128, 1) site_forward_plain(
    const Element* embedding, const Element* x, const Element* f, const float* writing_before, int mixes, const float* fn, const float* scale, const float* bias,
    Element* streams, float* products, float* roots, float* writing, Element* u, int width, int tokens, int iterations, float eps, float norm_eps) {
  Source source = {embedding, x, f, writing_before, mixes, width, tokens};
  SHARED_FLOATS(sums);                      // [Groups][Rows products, 1 root]
  float* m = sums + Groups * (Rows + 1);    // [Groups][Rows], normed
  float* q = m + Groups * Rows;             // [Coefficients]
  const int token = blockIdx.x, warp = threadIdx.x / 32, lane = threadIdx.x % 32, flat = N * width / Groups;
  if (streams)
    for (int k = threadIdx.x; k < N * width; k += blockDim.x) streams[(size_t)token * N * width + k] = source.stored(token, k / width, k % width);

  // A warp has a product, or a group's sum of squares.
  for (int s = warp; Rows > 0 && s < Groups * (Rows + 1); s += blockDim.x / 32) {
    int group = s / (Rows + 1), row = s % (Rows + 1);
    float sum = 0;
    for (int k = lane; k < flat; k += 32) {
      float v = source.at(token, group + k / width, k % width);
      sum = fmaf(v, row < Rows ? fn[(size_t)row * flat + k] : v, sum);
    }
    sum = warp_sum(sum);
    if (lane == 0) {
      if (row < Rows) products[((size_t)row * tokens + token) * Groups + group] = sum;
      else roots[(size_t)token * Groups + group] = sum = rsqrtf(sum / flat + norm_eps);
      sums[s] = sum;
    }
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int group = 0; group < Groups; group++)
      for (int row = 0; row < Rows; row++) m[group * Rows + row] = sums[group * (Rows + 1) + row] * sums[group * (Rows + 1) + Rows];
    coefficients(m, scale, bias, q, {iterations, eps});
    for (int k = N; k < Coefficients; k++) writing[(size_t)(k - N) * tokens + token] = q[k];
  }
  __syncthreads();
  for (int column = threadIdx.x; column < width; column += blockDim.x) {
    float sum = 0;
    for (int i = 0; i < N; i++) sum = fmaf(q[i], source.at(token, i, column), sum);
    u[(size_t)token * width + column] = element(sum);
  }
}

// Backward but for fn, base and scale, grid [T]. gy: gradient of X' (null for the head); gwriting: of post and comb; gu: of u.
// of_products [Rows, T, Groups] and own [Biases + Scales, T] are for the two kernels below. tape: Sinkhorn's divisors, [.., T].
// A thread has a column, and then one of the gradients of post and comb: their sums go through the columns in order.
// Shared: (2 N + 1) 129 + 2 N + Groups (3 Rows + 1) + Scales floats.
constexpr int Pitch = 129;  // of 128 columns in shared memory: streams lie in different banks

extern "C" __global__ void __launch_bounds__(128, 1) site_backward_plain(
    const Element* embedding, const Element* x, const Element* f, const float* writing_before, int mixes, const float* fn, const float* scale, const float* bias,
    const float* products, const float* roots, const Element* gy, const float* gwriting, const Element* gu, Element* gembedding, Element* gx, Element* gf,
    float* gwriting_before, float* of_products, float* own, float* tape, int width, int tokens, int iterations, float eps) {
  Source source = {embedding, x, f, writing_before, mixes, width, tokens};
  SHARED_FLOATS(g);                          // [N][Pitch], the whole gradient of X'
  float* own_x = g + N * Pitch;              // [N][Pitch], then F
  float* of_pre = own_x + (N + 1) * Pitch;   // [N]
  float* gp = of_pre + N;                    // [Groups][Rows gradients of products, 1 pull]
  float* pre = gp + Groups * (Rows + 1);     // [N]
  float* m = pre + N;                        // [Groups][Rows]
  float* gm = m + Groups * Rows;             // [Groups][Rows]
  float* gscale = gm + Groups * Rows;        // [Scales]
  const int token = blockIdx.x, warp = threadIdx.x / 32, lane = threadIdx.x % 32, flat = N * width / Groups;

  // dpre_i = du . X'_i
  for (int i = warp; i < N; i += blockDim.x / 32) {
    float sum = 0;
    for (int column = lane; column < width; column += 32) sum = fmaf(value(gu[(size_t)token * width + column]), source.at(token, i, column), sum);
    sum = warp_sum(sum);
    if (lane == 0) of_pre[i] = sum;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int group = 0; group < Groups; group++)
      for (int row = 0; row < Rows; row++)
        m[group * Rows + row] = products[((size_t)row * tokens + token) * Groups + group] * roots[(size_t)token * Groups + group];
    auto gq = [&](int k) { return k < N ? of_pre[k] : ((const volatile float*)gwriting)[(size_t)(k - N) * tokens + token]; };
    auto emit = [&](int base, int k, float of_base, float of_m) {
      own_x[base] = of_base;  // its room is not needed yet
      gm[k] = of_m;
    };
    coefficients_backward([&](int k) { return ((const volatile float*)m)[k]; }, scale, bias, pre, gq, emit, gscale, tape + token, tokens, {iterations, eps});
#pragma unroll 1
    for (int k = 0; k < Biases; k++) own[(size_t)k * tokens + token] = own_x[k];
    for (int k = 0; k < Scales; k++) own[(size_t)(Biases + k) * tokens + token] = gscale[k];
    for (int group = 0; group < Groups; group++) {
      float root = Rows > 0 ? roots[(size_t)token * Groups + group] : 0, of_root = 0;
      for (int row = 0; row < Rows; row++) {
        int k = group * Rows + row;
        of_root = fmaf(gm[k], m[k], of_root);
        of_products[((size_t)row * tokens + token) * Groups + group] = gp[group * (Rows + 1) + row] = gm[k] * root;
      }
      // root = (mean(x^2) + eps)^(-1/2): droot/dx = -root^3 x / flat; one root is in of_root's m.
      gp[group * (Rows + 1) + Rows] = -of_root * root * root / flat;
    }
  }
  __syncthreads();

  const int number = threadIdx.x, numbers = !f ? 0 : mixes ? N + N * N : N;  // post, comb
  const float* left = own_x + (number < N ? N : (number - N) / N) * Pitch;
  const float* right = g + (number < N ? number : (number - N) % N) * Pitch;
  float dot = 0;
  for (int start = 0; start < width; start += blockDim.x) {
    const int column = start + threadIdx.x;
    if (column < width) {
      float* own_g = g + threadIdx.x;
      float all = 0, of_f = 0, of_u = value(gu[(size_t)token * width + column]);
#pragma unroll 1
      for (int j = 0; j < N; j++) {
        const float* of = gp + (Groups == 1 ? 0 : j) * (Rows + 1);
        float sum = fmaf(pre[j], of_u, gy ? value(gy[((size_t)token * N + j) * width + column]) : 0);
        sum = fmaf(of[Rows], source.at(token, j, column), sum);
        for (int row = 0; row < Rows; row++) sum = fmaf(of[row], fn[(size_t)row * flat + (Groups == 1 ? j * width : 0) + column], sum);
        own_g[j * Pitch] = sum;
        all += sum;
        if (f) of_f = fmaf(source.post(token, j), sum, of_f);
      }
      if (f) {
        own_x[N * Pitch + threadIdx.x] = value(f[(size_t)token * width + column]);
        gf[(size_t)token * width + column] = element(of_f);
#pragma unroll 1
        for (int i = 0; i < N; i++) {
          const size_t at = ((size_t)token * N + i) * width + column;
          float sum = mixes ? 0 : own_g[i * Pitch];
          for (int j = 0; j < N && mixes; j++) sum = fmaf(source.comb(token, i, j), own_g[j * Pitch], sum);
          own_x[i * Pitch + threadIdx.x] = value(x[at]);
          gx[at] = element(sum);
        }
      } else {
        gembedding[(size_t)token * width + column] = element(all);
      }
    }
    __syncthreads();
    for (int k = 0; number < numbers && k < min((int)blockDim.x, width - start); k++) dot = fmaf(left[k], right[k], dot);
    __syncthreads();
  }
  if (number < numbers) gwriting_before[(size_t)number * tokens + token] = dot;
}

// The gradient of fn, grid [columns of a row / 128, Rows]: a thread has an element and goes through the tokens in order.
extern "C" __global__ void __launch_bounds__(128, 1) site_fn_plain(
    const Element* embedding, const Element* x, const Element* f, const float* writing_before, int mixes, const float* of_products, float* gfn, int width, int tokens) {
  Source source = {embedding, x, f, writing_before, mixes, width, tokens};
  const int flat = N * width / Groups, k = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y;
  if (k >= flat) return;
  float sum = 0;
  for (int token = 0; token < tokens; token++)
    for (int group = 0; group < Groups; group++)
      sum = fmaf(of_products[((size_t)row * tokens + token) * Groups + group], source.at(token, group + k / width, k % width), sum);
  gfn[(size_t)row * flat + k] = sum;
}

// The RMSNorm that a sublayer begins with: normed = weight u / rms(u), grid [T]. Shared: 4 floats.
extern "C" __global__ void __launch_bounds__(128, 1) site_norm_plain(const Element* u, const float* weight, Element* normed, float* norm_roots, int width, float eps) {
  SHARED_FLOATS(parts);
  const int token = blockIdx.x, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const Element* own = u + (size_t)token * width;
  float sum = 0;
  for (int column = threadIdx.x; column < width; column += blockDim.x) sum = fmaf(value(own[column]), value(own[column]), sum);
  sum = warp_sum(sum);
  if (lane == 0) parts[warp] = sum;
  __syncthreads();
  sum = parts[0];
  for (int w = 1; w < blockDim.x / 32; w++) sum += parts[w];
  const float root = rsqrtf(sum / width + eps);
  if (threadIdx.x == 0) norm_roots[token] = root;
  for (int column = threadIdx.x; column < width; column += blockDim.x) normed[(size_t)token * width + column] = element(value(own[column]) * root * weight[column]);
}
