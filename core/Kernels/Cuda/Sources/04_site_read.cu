// u = sum_i pre_i X'_i, and where the sublayer begins with an RMSNorm that norm too. A warp has a token, a lane every 32nd eight columns: no
// shared memory. Grid [T / warps]. Sums: streams in order; squares by lane, then halves of the warp.
// site_read reads X' (n C) and writes u (C); with a norm it writes that too (C), reading its own u again from the cache.
// site_read_again makes X' again from X (n C) and F (C), where nobody keeps it (the head).

// Writes u's eight; adds its squares.
__device__ __forceinline__ void read_eight(const Eight (&y)[N], const float (&p)[N], Eight* u, float& square) {
  Eight result;
#pragma unroll
  for (int w = 0; w < 4; w++) {
    float low = 0, high = 0;
#pragma unroll
    for (int i = 0; i < N; i++) {
      low = fmaf(p[i], lo(y[i].v[w]), low);
      high = fmaf(p[i], hi(y[i].v[w]), high);
    }
    result.v[w] = pack(low, high);
    square = fmaf(lo(result.v[w]), lo(result.v[w]), fmaf(hi(result.v[w]), hi(result.v[w]), square));
  }
  *u = result;
}

// normed = weight u / rms(u) of one token, of u as it is stored. root: for the way back.
__device__ __forceinline__ void norm_token(const Eight* u, const float* weight, Eight* normed, float* root, float square, int width8, float eps, int lane) {
  float factor = rsqrtf(warp_sum(square) / (width8 * 8) + eps);
  if (lane == 0) *root = factor;
  for (int at = lane; at < width8; at += 32) {
    Eight own = u[at], result;
#pragma unroll
    for (int w = 0; w < 4; w++)
      result.v[w] = pack(lo(own.v[w]) * factor * weight[at * 8 + 2 * w], hi(own.v[w]) * factor * weight[at * 8 + 2 * w + 1]);
    normed[at] = result;
  }
}

// u and the norm of one token whose streams are there.
__device__ __forceinline__ void read_token(
    const Eight* streams, const float* pre, Eight* u, const float* weight, Eight* normed, float* norm_roots, int width, int tokens, int token, float eps) {
  const int lane = threadIdx.x % 32, width8 = width / 8;
  float p[N], square = 0;
#pragma unroll
  for (int i = 0; i < N; i++) p[i] = pre[(size_t)i * tokens + token];
#pragma unroll 2
  for (int at = lane; at < width8; at += 32) {
    Eight y[N];
#pragma unroll
    for (int i = 0; i < N; i++) y[i] = streams[((size_t)token * N + i) * width8 + at];
    read_eight(y, p, u + (size_t)token * width8 + at, square);
  }
  if (weight) norm_token(u + (size_t)token * width8, weight, normed + (size_t)token * width8, norm_roots + token, square, width8, eps, lane);
}

extern "C" __global__ void __launch_bounds__(256) site_read(
    const Eight* __restrict__ streams, const float* __restrict__ pre, Eight* u, const float* __restrict__ weight, Eight* normed, float* norm_roots,
    int width, int tokens, float eps) {
  const int token = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
  if (token >= tokens) return;
  read_token(streams, pre, u, weight, normed, norm_roots, width, tokens, token, eps);
}

extern "C" __global__ void __launch_bounds__(256) site_read_again(
    const Eight* __restrict__ x, const Eight* __restrict__ f, const float* __restrict__ writing, const float* __restrict__ pre, Eight* u,
    const float* __restrict__ weight, Eight* normed, float* norm_roots, int width, int tokens, float eps) {
  const int lane = threadIdx.x % 32, token = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, width8 = width / 8;
  if (token >= tokens) return;
  float p[N], q[AtLeastOne(Before)], square = 0;
#pragma unroll
  for (int i = 0; i < N; i++) p[i] = pre[(size_t)i * tokens + token];
#pragma unroll
  for (int k = 0; k < Before; k++) q[k] = writing[(size_t)k * tokens + token];
  for (int at = lane; at < width8; at += 32) {
    Eight a[Inputs], of, y[N];
    load(x, f, token, width8, at, a, of);
#pragma unroll
    for (int j = 0; j < N; j++) y[j] = written(q, a, of, j);
    read_eight(y, p, u + (size_t)token * width8 + at, square);
  }
  if (weight) norm_token(u + (size_t)token * width8, weight, normed + (size_t)token * width8, norm_roots + token, square, width8, eps, lane);
}
