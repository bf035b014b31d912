// Products to coefficients. A thread has a token: it adds the slices' parts in order, norms, and maps in registers.
// Grid [T / 128]. Writes products [Rows, T, Groups], roots [T, Groups], pre [n, T], post and comb [Writing, T].
__device__ __forceinline__ void map_token(
    const float* partial, int slices, const float* scale, const float* bias, float* products, float* roots, float* pre, float* writing, int width, int tokens,
    int token, MapNumbers numbers, float norm_eps) {
  const int flat = N * width / Groups;
  float m[Groups * Rows], q[Coefficients];
#pragma unroll
  for (int group = 0; group < Groups; group++) {
    float sums[Rows + 1];
#pragma unroll
    for (int row = 0; row <= Rows; row++) {
      const float* from = partial + ((size_t)group * (Rows + 1) + row) * tokens + token;
      float sum = from[0];
      for (int slice = 1; slice < slices; slice++) sum += from[(size_t)slice * Groups * (Rows + 1) * tokens];
      sums[row] = sum;
      if (row < Rows) products[((size_t)row * tokens + token) * Groups + group] = sum;
    }
    float root = rsqrtf(sums[Rows] / flat + norm_eps);
    roots[(size_t)token * Groups + group] = root;
#pragma unroll
    for (int row = 0; row < Rows; row++) m[group * Rows + row] = sums[row] * root;
  }
  coefficients(m, scale, bias, q, numbers);
#pragma unroll
  for (int k = 0; k < Coefficients; k++) (k < N ? pre : writing)[(size_t)(k < N ? k : k - N) * tokens + token] = q[k];
}

extern "C" __global__ void __launch_bounds__(128, 1) site_coefficients(
    const float* __restrict__ partial, int slices, const float* __restrict__ scale, const float* __restrict__ bias, float* __restrict__ products,
    float* __restrict__ roots, float* __restrict__ pre, float* __restrict__ writing, int width, int tokens, int iterations, float eps, float norm_eps) {
  const int token = blockIdx.x * blockDim.x + threadIdx.x;
  if (token >= tokens) return;
  map_token(partial, slices, scale, bias, products, roots, pre, writing, width, tokens, token, {iterations, eps}, norm_eps);
}
