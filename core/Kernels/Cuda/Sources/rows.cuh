// What kernels over rows and flat buffers share. whole: every row begins at 16 bytes and has whole eights, so that accesses have 16 bytes.

__device__ __forceinline__ float number(u16 element) { return lo(element); }
__device__ __forceinline__ float number(float element) { return element; }
__device__ __forceinline__ void put(u16* to, float value) { *to = (u16)(pack(value, 0) & 0xffff); }
__device__ __forceinline__ void put(float* to, float value) { *to = value; }

// Columns at to at + 7 of a row as floats; "beyond" for those behind the last.
template <class T> __device__ __forceinline__ void load(const T* row, int at, int width, int whole, float (&v)[8], float beyond = 0) {
  if (whole) {
    const Eight* from = (const Eight*)(row + at);
    if constexpr (sizeof(T) == 2) {
      Eight own = *from;
#pragma unroll
      for (int w = 0; w < 4; w++) v[2 * w] = lo(own.v[w]), v[2 * w + 1] = hi(own.v[w]);
    } else {
      Eight own = from[0], next = from[1];
#pragma unroll
      for (int w = 0; w < 4; w++) v[w] = __uint_as_float(own.v[w]), v[4 + w] = __uint_as_float(next.v[w]);
    }
  } else {
#pragma unroll
    for (int k = 0; k < 8; k++) v[k] = at + k < width ? number(row[at + k]) : beyond;
  }
}

template <class T> __device__ __forceinline__ void store(T* row, int at, int width, int whole, const float (&v)[8]) {
  if (whole) {
    Eight* to = (Eight*)(row + at);
    Eight own;
    if constexpr (sizeof(T) == 2) {
#pragma unroll
      for (int w = 0; w < 4; w++) own.v[w] = pack(v[2 * w], v[2 * w + 1]);
    } else {
      Eight next;
#pragma unroll
      for (int w = 0; w < 4; w++) own.v[w] = __float_as_uint(v[w]), next.v[w] = __float_as_uint(v[4 + w]);
      to[1] = next;
    }
    to[0] = own;
  } else {
#pragma unroll
    for (int k = 0; k < 8; k++)
      if (at + k < width) put(row + at + k, v[k]);
  }
}

// What multiplies a gradient, and whether there is a step at all: the factor of a gradient that is not finite is NaN.
__device__ __forceinline__ float factor_of(const float* clip) { return clip ? *clip : 1; }
__device__ __forceinline__ bool is_number(float value) { return value == value; }
