// The Euclidean norm of a flat gradient and the factor that clips it. Squares in float, sums in double: by thread, halves of a warp, warps,
// then blocks, always in the same order.

// Grid: any number; it is a matter of the count. A thread has every so many four elements. Reads 4 bytes an element. Shared: a double a warp.
extern "C" __global__ void __launch_bounds__(256) gradient_squares(const float* __restrict__ gradient, double* __restrict__ partial, long long count, int aligned) {
  SHARED_FLOATS(warps);
  double sum = 0;
#pragma unroll 4
  for (long long at = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * 4; at < count; at += (long long)gridDim.x * blockDim.x * 4) {
    float v[4] = {}, square = 0;
    if (aligned && at + 4 <= count) {
      Eight own = *(const Eight*)(gradient + at);
#pragma unroll
      for (int k = 0; k < 4; k++) v[k] = __uint_as_float(own.v[k]);
    } else {
#pragma unroll
      for (int k = 0; k < 4; k++)
        if (at + k < count) v[k] = gradient[at + k];
    }
#pragma unroll
    for (int k = 0; k < 4; k++) square = fmaf(v[k], v[k], square);
    sum += square;
  }
  sum = block_sum(sum, (double*)warps);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

// result: the norm; largest / norm where the norm is larger, else 1, and NaN where the norm is not finite. One block. Shared: a double a warp.
extern "C" __global__ void __launch_bounds__(256) gradient_clip(const double* __restrict__ partial, int parts, float largest, float* __restrict__ result) {
  SHARED_FLOATS(warps);
  double sum = 0;
  for (int p = threadIdx.x; p < parts; p += blockDim.x) sum += partial[p];
  const double norm = sqrt(block_sum(sum, (double*)warps));
  if (threadIdx.x > 0) return;
  result[0] = (float)norm;
  result[1] = !(norm - norm == 0) ? __uint_as_float(0x7fffffffu) : largest > 0 && norm > largest ? (float)(largest / norm) : 1;
}
