// What the fast kernels share: bf16 streams eight columns at a time. BEFORE says what makes X', the streams that the site reads.
#define BEFORE_EMBEDDING 0  // the embedding in every stream
#define BEFORE_GATES 1      // X'_j = post_j F + X_j
#define BEFORE_MIXES 2      // X'_j = post_j F + sum_i comb[i,j] X_i

constexpr int Inputs = BEFORE == BEFORE_EMBEDDING ? 1 : N;                                                     // what is read to make X'
constexpr int Before = BEFORE == BEFORE_EMBEDDING ? 0 : BEFORE == BEFORE_GATES ? N : N + N * N;                // post, comb
constexpr int Eights = (Rows + 7) / 8;                                                                         // of fn's rows, for tensor cores
constexpr int Columns = 32;                                                                                    // of a warp's step: 4 lanes have 8 each
constexpr int TileTokens = 16;                                                                                 // of a warp's step

// X'_j of two columns, word w of a lane's eight, rounded as it is stored. q: the token's post and comb, element k at q[k]. a: X's rows, or
// the embedding.
__device__ __forceinline__ u32 written_word(const float* q, const Eight (&a)[Inputs], const Eight& f, int j, int w) {
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

// The same of all eight columns.
__device__ __forceinline__ Eight written(const float* q, const Eight (&a)[Inputs], const Eight& f, int j) {
  Eight result;
#pragma unroll
  for (int w = 0; w < 4; w++) result.v[w] = written_word(q, a, f, j, w);
  return result;
}

// What makes eight columns of a token's X'. at: the eight's number within a row; width8: eights of a row. Numbers of eights fit in 31 bits.
__device__ __forceinline__ void load(const Eight* x, const Eight* f, int token, int width8, int at, Eight (&a)[Inputs], Eight& of) {
#pragma unroll
  for (int i = 0; i < Inputs; i++) a[i] = x[(token * Inputs + i) * width8 + at];
#if BEFORE != BEFORE_EMBEDDING
  of = f[token * width8 + at];
#endif
}
