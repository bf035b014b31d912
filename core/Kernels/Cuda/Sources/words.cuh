// Words that every kernel uses. Streams are bf16 or, with F16, float16 (two in a 32-bit word, the lower column in the lower half), or float; sums are float.
// What is PTX here is plain C++ in tests, which run these sources on the CPU.
typedef unsigned int u32;
typedef unsigned short u16;

#ifdef __CUDACC__
#define SHARED_FLOATS(name) extern __shared__ __align__(16) float name[]

#if F16
#define PACKED "f16"
#else
#define PACKED "bf16"
#endif

// Two floats to a word of bf16 (float16), rounded to nearest even.
__device__ __forceinline__ u32 pack(float low, float high) {
  u32 word;
  asm("cvt.rn." PACKED "x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
  return word;
}

// 1 / value, to one unit in the last place.
__device__ __forceinline__ float rcp(float value) {
  float result;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(value));
  return result;
}

// d [16, 8] += a [16, 16] . b [16, 8] on tensor cores. With g = lane / 4 and t = lane % 4 a lane holds of a rows g (a0, a2) and g + 8
// (a1, a3), columns 2t, 2t + 1 (a0, a1) and 2t + 8, 2t + 9 (a2, a3); of b column g, rows 2t, 2t + 1 (b0) and 2t + 8, 2t + 9 (b1);
// of d rows g (d0, d1) and g + 8 (d2, d3), columns 2t, 2t + 1.
__device__ __forceinline__ void mma(float (&d)[4], u32 a0, u32 a1, u32 a2, u32 a3, u32 b0, u32 b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32." PACKED "." PACKED ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(b0), "r"(b1));
}

#if F16
__device__ __forceinline__ float widen_half(u32 bits) {
  float result;
  asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"((u16)bits));
  return result;
}
#endif

// Transposes an 8 x 8 matrix of 16-bit numbers over a warp: lane (g, t) gives [g, 2t], [g, 2t + 1] and takes [2t, g], [2t + 1, g].
__device__ __forceinline__ u32 transpose(u32 word) {
  u32 result;
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(result) : "r"(word));
  return result;
}

// Eight neighbouring columns of a stream of 16-bit numbers: one access of 16 bytes.
struct __align__(16) Eight { u32 v[4]; };
#elif F16
#define pack pack_half
#define mma mma_half
#endif

#if F16
__device__ __forceinline__ float lo(u32 word) { return widen_half(word & 0xffff); }
__device__ __forceinline__ float hi(u32 word) { return widen_half(word >> 16); }
#else
__device__ __forceinline__ float lo(u32 word) { return __uint_as_float(word << 16); }
__device__ __forceinline__ float hi(u32 word) { return __uint_as_float(word & 0xffff0000u); }
#endif

// Two floats as 16-bit numbers and what that loses, likewise: together at least 16 bits of each.
__device__ __forceinline__ void split(float low, float high, u32& word, u32& rest) {
  word = pack(low, high);
  rest = pack(low - lo(word), high - hi(word));
}

#if BF16 || F16
typedef u16 Element;
__device__ __forceinline__ float value(Element element) { return lo(element); }
__device__ __forceinline__ Element element(float value) { return (Element)(pack(value, 0) & 0xffff); }
#else
typedef float Element;
__device__ __forceinline__ float value(Element element) { return element; }
__device__ __forceinline__ Element element(float value) { return value; }
#endif

// The sum of a warp's lanes, in every lane: halves, quarters, ... so always in the same order.
__device__ __forceinline__ float warp_sum(float value) {
#pragma unroll
  for (int distance = 16; distance > 0; distance >>= 1) value += __shfl_xor_sync(0xffffffffu, value, distance);
  return value;
}
