// How each connection turns a token's normed products m into its coefficients q: pre (n), post (n), comb (n*n), and the way back.
// One thread has one token. MAP chooses; n is N. The formulas are those of core/Kernels/HyperConnections/*Map.cs.
#define MAP_MHC 0       // comb by Sinkhorn-Knopp
#define MAP_HC 1        // each stream normed by itself, scale tanh(m) + base
#define MAP_MHC_LITE 2  // comb as a weighted sum of permutation matrices
#define MAP_IDENTITY 3  // no comb
#define MAP_HEAD 4      // pre alone: what ends the streams
#define MAP_SUM 5       // pre = 1, no parameters

constexpr int Factorial = N == 1 ? 1 : N == 2 ? 2 : N == 3 ? 6 : 24;
constexpr bool Writes = MAP < MAP_HEAD;
constexpr bool Mixes = MAP == MAP_MHC || MAP == MAP_HC || MAP == MAP_MHC_LITE;
constexpr int Gates = Writes ? 2 * N : N;
constexpr int CombLogits = MAP == MAP_MHC ? N * N : MAP == MAP_MHC_LITE ? Factorial : 0;
constexpr int Groups = MAP == MAP_HC ? N : 1;                                           // what is normed by itself
constexpr int Rows = MAP == MAP_SUM ? 0 : MAP == MAP_HC ? 2 + N : Gates + CombLogits;   // of fn
constexpr int Biases = MAP == MAP_HC ? (2 + N) * N : Rows;
constexpr int Scales = MAP == MAP_SUM ? 0 : !Writes ? 1 : Mixes ? 3 : 2;
constexpr int Writing = (Writes ? N : 0) + (Mixes ? N * N : 0);                         // post, comb
constexpr int Coefficients = N + Writing;
constexpr int AtLeastOne(int count) { return count > 0 ? count : 1; }                   // lengths of arrays

// Constants of a map, as kernels take them.
struct MapNumbers {
  int iterations;
  float eps;
};

__device__ __forceinline__ float sigmoid(float x) { return 1 / (1 + expf(-x)); }

#if MAP == MAP_HC
// Where stream i's product with a row of fn goes: pre i, post i, or comb[i, row - 2].
__device__ constexpr int hc_target(int i, int row) { return row < 2 ? row * N + i : 2 * N + i * N + row - 2; }
#endif

#if MAP == MAP_MHC_LITE
// Element j of permutation k, in lexicographic order.
__device__ constexpr int permuted(int k, int j) {
  int left[4] = {0, 1, 2, 3}, rest = Factorial;
  for (int at = 0;; at++) {
    rest /= N - at;
    int pick = k / rest;
    k -= pick * rest;
    if (at == j) return left[pick];
    for (int l = pick; l < 3; l++) left[l] = left[l + 1];
  }
}

__device__ __forceinline__ void softmax(const float* z, float* weights) {
  float top = z[0], sum = 0;
#pragma unroll
  for (int k = 1; k < Factorial; k++) top = fmaxf(top, z[k]);
#pragma unroll
  for (int k = 0; k < Factorial; k++) {
    weights[k] = expf(z[k] - top);
    sum += weights[k];
  }
  float reciprocal = 1 / sum;
#pragma unroll
  for (int k = 0; k < Factorial; k++) weights[k] *= reciprocal;
}
#endif

// m [Groups * Rows] -> q [Coefficients].
__device__ __forceinline__ void coefficients(const float* m, const float* scale, const float* bias, float* q, MapNumbers numbers) {
#if MAP == MAP_SUM
  for (int i = 0; i < N; i++) q[i] = 1;
#elif MAP == MAP_HC
#pragma unroll
  for (int i = 0; i < N; i++)
#pragma unroll
    for (int row = 0; row < Rows; row++) {
      int to = hc_target(i, row);
      q[to] = fmaf(tanhf(m[i * Rows + row]), scale[row < 2 ? row : 2], bias[to]);
    }
#else
#pragma unroll
  for (int row = 0; row < Gates; row++) {
    float gate = sigmoid(fmaf(m[row], scale[row / N], bias[row]));
    q[row] = row < N ? gate + numbers.eps : 2 * gate;
  }
#if MAP == MAP_MHC
#pragma unroll
  for (int k = 0; k < N * N; k++) q[Gates + k] = fmaf(m[Gates + k], scale[2], bias[Gates + k]);
  sinkhorn(q + Gates, nullptr, 0, numbers.iterations, numbers.eps);
#elif MAP == MAP_MHC_LITE
  float z[Factorial], weights[Factorial];
#pragma unroll
  for (int k = 0; k < Factorial; k++) z[k] = fmaf(m[Gates + k], scale[2], bias[Gates + k]);
  softmax(z, weights);
#pragma unroll
  for (int k = 0; k < N * N; k++) q[Gates + k] = 0;
#pragma unroll
  for (int k = 0; k < Factorial; k++)
#pragma unroll
    for (int j = 0; j < N; j++) q[Gates + permuted(k, j) * N + j] += weights[k]; // H_res[j, p(j)] = comb[p(j), j]
#endif
#endif
}

// Gradients of m, of scale and of base from those of q, of this token alone, m(k) and gq(k). emit(b, k, of_base, of_m) takes the gradients of
// base[b] and m[k], each once, m's in order; gscale [Scales]; pre [n] again. tape: Sinkhorn's divisors, element k at tape[k * stride].
template <class M, class Q, class Emit> __device__ __forceinline__ void coefficients_backward(
    const M& m, const float* scale, const float* bias, float* pre, const Q& gq, const Emit& emit, float* gscale, float* tape, int stride, MapNumbers numbers) {
#pragma unroll
  for (int k = 0; k < Scales; k++) gscale[k] = 0;
#if MAP == MAP_SUM
  for (int i = 0; i < N; i++) pre[i] = 1;
#elif MAP == MAP_HC
#pragma unroll
  for (int i = 0; i < N; i++)
#pragma unroll
    for (int row = 0; row < Rows; row++) {
      const int from = hc_target(i, row), group = row < 2 ? row : 2;
      const float tanh = tanhf(m(i * Rows + row)), of_q = gq(from);
      if (row == 0) pre[i] = fmaf(tanh, scale[0], bias[i]);
      gscale[group] = fmaf(of_q, tanh, gscale[group]);
      emit(from, i * Rows + row, of_q, of_q * scale[group] * (1 - tanh * tanh));
    }
#else
#if MAP == MAP_MHC
  float y[N * N], gz[N * N];
#pragma unroll
  for (int k = 0; k < N * N; k++) y[k] = fmaf(m(Gates + k), scale[2], bias[Gates + k]);
  sinkhorn(y, tape, stride, numbers.iterations, numbers.eps);
#pragma unroll
  for (int k = 0; k < N * N; k++) gz[k] = gq(Gates + k);
  sinkhorn_backward(y, gz, tape, stride, numbers.iterations, numbers.eps);
#elif MAP == MAP_MHC_LITE
  float gz[Factorial], weights[Factorial], sum = 0;
#pragma unroll
  for (int k = 0; k < Factorial; k++) gz[k] = fmaf(m(Gates + k), scale[2], bias[Gates + k]);
  softmax(gz, weights);
  float of_comb[N * N];
#pragma unroll
  for (int k = 0; k < N * N; k++) of_comb[k] = gq(Gates + k);
#pragma unroll
  for (int k = 0; k < Factorial; k++) {
    gz[k] = 0;
#pragma unroll
    for (int j = 0; j < N; j++) gz[k] += of_comb[permuted(k, j) * N + j];
    sum = fmaf(gz[k], weights[k], sum);
  }
#pragma unroll
  for (int k = 0; k < Factorial; k++) gz[k] = weights[k] * (gz[k] - sum);
#endif
#pragma unroll
  for (int row = 0; row < Gates; row++) {
    // pre = s + eps: dz = dpre s (1 - s). post = 2 s: dz = dpost 2 s (1 - s).
    const float own = m(row), gate = sigmoid(fmaf(own, scale[row / N], bias[row])), slope = gate * (1 - gate), of_z = gq(row) * (row < N ? slope : 2 * slope);
    if (row < N) pre[row] = gate + numbers.eps;
    gscale[row / N] = fmaf(of_z, own, gscale[row / N]);
    emit(row, row, of_z, of_z * scale[row / N]);
  }
#if MAP == MAP_MHC
#pragma unroll
  for (int i = 0; i < N; i++) {
    float own[N], logits[N];
#pragma unroll
    for (int j = 0; j < N; j++) {
      own[j] = m(Gates + i * N + j);
      logits[j] = fmaf(own[j], scale[2], bias[Gates + i * N + j]);
    }
    softmax_row_backward(logits, gz + i * N, numbers.eps);
#pragma unroll
    for (int j = 0; j < N; j++) {
      const int row = Gates + i * N + j;
      gscale[2] = fmaf(gz[i * N + j], own[j], gscale[2]);
      emit(row, row, gz[i * N + j], gz[i * N + j] * scale[2]);
    }
  }
#elif MAP == MAP_MHC_LITE
#pragma unroll
  for (int k = 0; k < Factorial; k++) {
    gscale[2] = fmaf(gz[k], m(Gates + k), gscale[2]);
    emit(Gates + k, Gates + k, gz[k], gz[k] * scale[2]);
  }
#endif
#endif
}
