// What the fast kernels share: bf16 streams eight columns at a time. BEFORE says what makes X', the streams that the site reads.
#define BEFORE_EMBEDDING 0  // the embedding in every stream
#define BEFORE_GATES 1      // X'_j = post_j F + X_j
#define BEFORE_MIXES 2      // X'_j = post_j F + sum_i comb[i,j] X_i

constexpr int Inputs = BEFORE == BEFORE_EMBEDDING ? 1 : N;                                                     // what is read to make X'
constexpr int Before = BEFORE == BEFORE_EMBEDDING ? 0 : BEFORE == BEFORE_GATES ? N : N + N * N;                // post, comb
constexpr int Eights = (Rows + 7) / 8;                                                                         // of fn's rows, for tensor cores
constexpr int Columns = 32;                                                                                    // of a warp's step: 4 lanes have 8 each
constexpr int TileTokens = 16;                                                                                 // of a warp's step

// X'_j of two columns, word w of a lane's columns, rounded as it is stored. q: the token's post and comb, element k at q[k]. a: X's rows, or
// the embedding.
template <class Part> __device__ __forceinline__ u32 written_word(const float* q, const Part (&a)[Inputs], const Part& f, int j, int w) {
#if BEFORE == BEFORE_EMBEDDING
  return a[0].v[w];
#elif BEFORE == BEFORE_GATES
  return pack(fmaf(q[j], lo(f.v[w]), lo(a[j].v[w])), fmaf(q[j], hi(f.v[w]), hi(a[j].v[w])));
#else
  float low = q[j] * lo(f.v[w]), high = q[j] * hi(f.v[w]);
#pragma unroll
  for (int i = 0; i < N; i++) {
    low = fmaf(q[N + i * N + j], lo(a[i].v[w]), low);
    high = fmaf(q[N + i * N + j], hi(a[i].v[w]), high);
  }
  return pack(low, high);
#endif
}

// The same of all of them.
template <int Words> __device__ __forceinline__ Packed<Words> written(const float* q, const Packed<Words> (&a)[Inputs], const Packed<Words>& f, int j) {
  Packed<Words> result;
#pragma unroll
  for (int w = 0; w < Words; w++) result.v[w] = written_word(q, a, f, j, w);
  return result;
}

// What makes a lane's columns of a token's X'. at: their number within a row; parts: of a row. Their numbers fit in 31 bits.
template <class Part> __device__ __forceinline__ void load(const Part* x, const Part* f, int token, int parts, int at, Part (&a)[Inputs], Part& of) {
#pragma unroll
  for (int i = 0; i < Inputs; i++) a[i] = x[(token * Inputs + i) * parts + at];
#if BEFORE != BEFORE_EMBEDDING
  of = f[token * parts + at];
#endif
}
