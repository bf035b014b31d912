// The streams of a block of sites again, in one pass: X'(0), X'(1), ... of writes one behind the other, with the streams in registers from
// site to site. A thread has 16 bytes of columns of a token's streams; a block 256 such of one token. What is stored is what the next site
// takes, so bits are those of site after site.
// Grid (vectors of a row / 256, T), 256 threads or as many as a row has vectors. Reads X (n C) once and each F (C); writes each X' (n C).

// Sites that a launch takes at most; what a launch has of a site: F [T, C], its write's post and comb [Before, T], X' [T, n, C] or null.
constexpr int MostSites = 16;
#define SITE(k) const Eight *f##k, const float *writing##k, Eight *streams##k
#define PUT(k) place[k] = {f##k, writing##k, streams##k}

struct WriteOfSite {
  const Eight* f;
  const float* writing;
  Eight* streams;
};

// x: [T, n, C], or [T, C] where every stream is the same (embedded). Shared: MostSites WriteOfSite, then sites * Before floats.
extern "C" __global__ void __launch_bounds__(256) streams_recompute(
    const Eight* __restrict__ x, int embedded, int sites, int vectors, int tokens, SITE(0), SITE(1), SITE(2), SITE(3), SITE(4), SITE(5), SITE(6), SITE(7),
    SITE(8), SITE(9), SITE(10), SITE(11), SITE(12), SITE(13), SITE(14), SITE(15)) {
  SHARED_FLOATS(memory);
  WriteOfSite* place = (WriteOfSite*)memory;
  float* lines = (float*)(place + MostSites);  // [site][Before]
  const int token = blockIdx.y, at = blockIdx.x * blockDim.x + threadIdx.x;
  if (threadIdx.x == 0) {
    PUT(0), PUT(1), PUT(2), PUT(3), PUT(4), PUT(5), PUT(6), PUT(7);
    PUT(8), PUT(9), PUT(10), PUT(11), PUT(12), PUT(13), PUT(14), PUT(15);
  }
  __syncthreads();
  for (int k = threadIdx.x; k < sites * Before; k += blockDim.x) lines[k] = place[k / Before].writing[(size_t)(k % Before) * tokens + token];
  Eight state[N], f = {0, 0, 0, 0};
  if (at < vectors) {
    f = place[0].f[token * vectors + at];
#pragma unroll
    for (int i = 0; i < N; i++) state[i] = x[(embedded ? token : token * N + i) * vectors + at];
  }
  __syncthreads();
  if (at >= vectors) return;
#pragma unroll 1
  for (int site = 0; site < sites; site++) {
    Eight next = f, result[N];
    if (site + 1 < sites) next = place[site + 1].f[token * vectors + at];
    Eight* target = place[site].streams;
#pragma unroll
    for (int j = 0; j < N; j++) result[j] = made(lines + site * Before, state, f, j);
#pragma unroll
    for (int j = 0; j < N; j++) {
      state[j] = result[j];
      if (target) target[(token * N + j) * vectors + at] = result[j];
    }
    f = next;
  }
}
