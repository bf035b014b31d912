// SwiGLU: y = silu(gate) up of both = [gate, up], and the way back. A thread has eight columns of a token. Grid [T I / 8 / 256].
// Forward reads 2 I and writes I a token; backward reads 3 I and writes 2 I, or 3 I with y.

__device__ __forceinline__ float sigmoid(float value) { return rcp(1 + expf(-value)); }

extern "C" __global__ void __launch_bounds__(256) swiglu(const Element* __restrict__ both, Element* __restrict__ y, int inner, int tokens, int whole) {
  const int eights = (inner + 7) / 8;
  const unsigned k = blockIdx.x * blockDim.x + threadIdx.x, token = k / eights, at = k % eights * 8;
  if (token >= tokens) return;
  const Element* row = both + (size_t)token * 2 * inner;
  float gate[8], up[8];
  load(row, at, inner, whole, gate);
  load(row + inner, at, inner, whole, up);
#pragma unroll
  for (int c = 0; c < 8; c++) up[c] *= gate[c] * sigmoid(gate[c]);
  store(y + (size_t)token * inner, at, inner, whole, up);
}

extern "C" __global__ void __launch_bounds__(256) swiglu_backward(
    const Element* both, const Element* __restrict__ gradient, Element* of_both, Element* __restrict__ y, int inner, int tokens, int whole) {
  const int eights = (inner + 7) / 8;
  const unsigned k = blockIdx.x * blockDim.x + threadIdx.x, token = k / eights, at = k % eights * 8;
  if (token >= tokens) return;
  const Element* row = both + (size_t)token * 2 * inner;
  Element* of_row = of_both + (size_t)token * 2 * inner;
  float gate[8], up[8], g[8], result[8];
  load(row, at, inner, whole, gate);
  load(row + inner, at, inner, whole, up);
  load(gradient + (size_t)token * inner, at, inner, whole, g);
#pragma unroll
  for (int c = 0; c < 8; c++) {
    float s = sigmoid(gate[c]), silu = gate[c] * s, of_gate = g[c] * up[c] * fmaf(silu, 1 - s, s);  // silu' = s + x s (1 - s)
    result[c] = silu * up[c];
    up[c] = g[c] * silu;
    gate[c] = of_gate;
  }
  store(of_row, at, inner, whole, gate);
  store(of_row + inner, at, inner, whole, up);
  if (y) store(y + (size_t)token * inner, at, inner, whole, result);
}
