// What words.cuh writes in PTX for a GPU: rounding to bf16 and float16, reciprocal, mma and the transposition of 8 x 8 fragments.
#pragma once
#include <vector>
#include "cuda_on_host.h"

inline unsigned rounded(float value) {
  unsigned bits = __float_as_uint(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fff; // NaN
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}
inline unsigned pack(float low, float high) { return rounded(low) | rounded(high) << 16; }

inline unsigned half_bits(float value) {
  _Float16 half = (_Float16)value;
  unsigned short bits;
  memcpy(&bits, &half, sizeof bits);
  return bits;
}
inline unsigned pack_half(float low, float high) { return half_bits(low) | half_bits(high) << 16; }
inline float widen_half(unsigned bits) {
  unsigned short own = (unsigned short)bits;
  _Float16 half;
  memcpy(&half, &own, sizeof half);
  return half;
}
inline float rcp(float value) { return 1 / value; }

namespace host {
inline float bf16_of(unsigned word, int half) { return __uint_as_float(half ? word & 0xffff0000u : word << 16); }
inline float float16_of(unsigned word, int half) { return widen_half(half ? word >> 16 : word & 0xffff); }
struct Operands { unsigned a[4], b[2]; };
inline Operands operands[Residents][MaximumThreads];

struct Copy { void* to; const void* from; unsigned bytes; };
inline std::vector<Copy> copies[Residents][MaximumThreads];

// mma.m16n8k16 (row, col) by its fragment layout in the PTX manual: every lane computes its own four results from all lanes' operands.
template <float number(unsigned word, int half)>
void mma_of(float (&d)[4], unsigned a0, unsigned a1, unsigned a2, unsigned a3, unsigned b0, unsigned b1) {
  unsigned base = host::now & ~31u, lane = host::now & 31;
  host::Operands* all = host::operands[host::slot];
  all[host::now] = {{a0, a1, a2, a3}, {b0, b1}};
  host::warp_barrier();
  for (int k = 0; k < 4; k++) {
    int row = (lane >> 2) + (k >> 1) * 8, column = (lane & 3) * 2 + (k & 1);
    for (int i = 0; i < 16; i++) {
      const host::Operands& left = all[base + (row & 7) * 4 + (i & 7) / 2];
      const host::Operands& right = all[base + column * 4 + (i & 7) / 2];
      d[k] += number(left.a[(i >> 3) * 2 + (row >> 3)], i & 1) * number(right.b[i >> 3], i & 1);
    }
  }
  host::warp_barrier();
}
}
inline void mma(float (&d)[4], unsigned a0, unsigned a1, unsigned a2, unsigned a3, unsigned b0, unsigned b1) { host::mma_of<host::bf16_of>(d, a0, a1, a2, a3, b0, b1); }
inline void mma_half(float (&d)[4], unsigned a0, unsigned a1, unsigned a2, unsigned a3, unsigned b0, unsigned b1) { host::mma_of<host::float16_of>(d, a0, a1, a2, a3, b0, b1); }

// movmatrix.m8n8.trans: lane (g, t) gives elements [g, 2t], [g, 2t + 1] and takes [2t, g], [2t + 1, g].
inline unsigned transpose(unsigned word) {
  unsigned base = host::now & ~31u, g = (host::now & 31) >> 2, t = host::now & 3, result = 0;
  host::lanes[host::now] = word;
  host::warp_barrier();
  for (unsigned half = 0; half < 2; half++) {
    unsigned from = (unsigned)host::lanes[base + (2 * t + half) * 4 + g / 2];
    result |= (g & 1 ? from >> 16 : from & 0xffff) << (16 * half);
  }
  host::warp_barrier();
  return result;
}

// Eight columns of a stream, as words.cuh has them; copies from and to global memory, which is what is neither stack nor shared, are counted.
struct alignas(16) Eight {
  unsigned v[4];
  Eight() = default;
  Eight(unsigned a, unsigned b, unsigned c, unsigned d) : v{a, b, c, d} {}
  Eight(const Eight& from) { copy(from); }
  Eight& operator=(const Eight& from) { copy(from); return *this; }

 private:
  static bool global(const void* p) {
    const unsigned char* at = (const unsigned char*)p;
    return (at < host::stacks_from || at >= host::stacks_to) && (at < host::shared || at >= host::shared + host::shared_bytes);
  }
  static void touch(const void* p, bool reads) {
    if (host::window == 0) return;
    const uint64_t moved = host::bytes_read + host::bytes_written;
    auto [place, first] = host::touched.try_emplace((uintptr_t)p, moved);
    if (!first && reads && moved - place->second <= host::window) host::bytes_again += sizeof(Eight);
    place->second = moved;
  }
  void copy(const Eight& from) {
    if (global(&from)) {
      host::bytes_read += sizeof(Eight);
      touch(&from, true);
    }
    if (global(this)) {
      host::bytes_written += sizeof(Eight);
      touch(this, false);
    }
    memcpy(v, from.v, sizeof v);
  }
};

// What grid.cuh writes in PTX: counters that blocks share, and copies to shared memory, which are there when they were waited for, not before.
inline unsigned count_up(unsigned* counter) {
  unsigned before = (*counter)++;
  host::after_count();
  return before;
}
inline unsigned counted(const unsigned* counter) { return *counter; }
inline void look_later() { host::look_again(); }
inline void prefetch(const void* address) { (void)*(const volatile unsigned char*)address; }
inline void copy_later(float* shared, const float* from) { host::copies[host::slot][host::now].push_back({shared, from, sizeof(float)}); }
inline void copies_done() {
  std::vector<host::Copy>& copies = host::copies[host::slot][host::now];
  for (host::Copy& copy : copies) memcpy(copy.to, copy.from, copy.bytes);
  copies.clear();
}
