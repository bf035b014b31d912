// AdamW over flat buffers (arXiv 1711.05101, algorithm 2): a thread has four elements. Reads 16 bytes an element, writes 12, and 2 of a copy in
// bf16. Every element for itself: no sums. decayed: elements from the first on that decay.

__device__ __forceinline__ float adamw_element(
    float value, float g, float& m, float& v, float keep, float beta1, float rest1, float beta2, float rest2, float rate, float eps) {
  m = fmaf(beta1, m, rest1 * g);
  v = fmaf(beta2, v, rest2 * g * g);
  return fmaf(keep, value, rate * m / (sqrtf(v) + eps));
}

extern "C" __global__ void __launch_bounds__(256) adamw(
    float* __restrict__ values, const float* __restrict__ gradient, float* __restrict__ first, float* __restrict__ second, const float* __restrict__ clip,
    u16* __restrict__ rounded, long long count, long long decayed, float keep, float beta1, float rest1, float beta2, float rest2, float rate, float eps,
    int aligned) {
  const float factor = factor_of(clip);
  if (!is_number(factor)) return;
  const long long at = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * 4;
  if (aligned && at + 4 <= count) {
    Eight value = *(const Eight*)(values + at), g = *(const Eight*)(gradient + at), m = *(const Eight*)(first + at), v = *(const Eight*)(second + at);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      float own_m = __uint_as_float(m.v[k]), own_v = __uint_as_float(v.v[k]);
      value.v[k] = __float_as_uint(adamw_element(
          __uint_as_float(value.v[k]), __uint_as_float(g.v[k]) * factor, own_m, own_v, at + k < decayed ? keep : 1, beta1, rest1, beta2, rest2, rate, eps));
      m.v[k] = __float_as_uint(own_m), v.v[k] = __float_as_uint(own_v);
    }
    *(Eight*)(values + at) = value;
    *(Eight*)(first + at) = m;
    *(Eight*)(second + at) = v;
    if (rounded) {
      ((u32*)(rounded + at))[0] = pack(__uint_as_float(value.v[0]), __uint_as_float(value.v[1]));
      ((u32*)(rounded + at))[1] = pack(__uint_as_float(value.v[2]), __uint_as_float(value.v[3]));
    }
    return;
  }
  for (long long k = at; k < at + 4 && k < count; k++) {
    float m = first[k], v = second[k];
    float value = adamw_element(values[k], gradient[k] * factor, m, v, k < decayed ? keep : 1, beta1, rest1, beta2, rest2, rate, eps);
    values[k] = value, first[k] = m, second[k] = v;
    if (rounded) put(rounded + k, value);
  }
}
