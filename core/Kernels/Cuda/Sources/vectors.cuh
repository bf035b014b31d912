// Sixteen bytes of a stream, whichever its type: eight columns of bf16 or four of float, as an Eight of words.
constexpr int Lanes = BF16 ? 8 : 4;

// Column k of a vector.
__device__ __forceinline__ float column(const Eight& vector, int k) {
#if BF16
  return k % 2 ? hi(vector.v[k / 2]) : lo(vector.v[k / 2]);
#else
  return __uint_as_float(vector.v[k]);
#endif
}

__device__ __forceinline__ Eight vector_of(const float (&columns)[Lanes]) {
  Eight result;
#pragma unroll
  for (int w = 0; w < 4; w++)
#if BF16
    result.v[w] = pack(columns[2 * w], columns[2 * w + 1]);
#else
    result.v[w] = __float_as_uint(columns[w]);
#endif
  return result;
}

// X'_j of a vector's columns, as written of streams.cuh has it for bf16.
__device__ __forceinline__ Eight made(const float* q, const Eight (&a)[Inputs], const Eight& f, int j) {
#if BF16
  return written(q, a, f, j);
#elif BEFORE == BEFORE_EMBEDDING
  return a[0];
#else
  float columns[Lanes];
#pragma unroll
  for (int k = 0; k < Lanes; k++) {
#if BEFORE == BEFORE_GATES
    columns[k] = q[j] * column(f, k) + column(a[j], k);  // as 01 has it, fused or not
#else
    columns[k] = q[j] * column(f, k);
#pragma unroll
    for (int i = 0; i < N; i++) columns[k] = fmaf(q[N + i * N + j], column(a[i], k), columns[k]);
#endif
  }
  return vector_of(columns);
#endif
}
