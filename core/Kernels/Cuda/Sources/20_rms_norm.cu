// RMSNorm: y = x r w with r = 1 / sqrt(mean(x^2) + eps), and the way back, dx = r (g w - x r^2 mean(g w x)), dw = sum_t g x r.
#if WEIGHT_BF16
typedef u16 Weight;
#else
typedef float Weight;
#endif

// A warp has a token, a lane every 32nd eight columns: no shared memory. Grid [T / warps]. Reads x (C), writes y (C); x a second time from
// the cache. Sums: by lane, then halves of the warp.
extern "C" __global__ void __launch_bounds__(256) rms_norm(
    const Element* __restrict__ x, const Weight* __restrict__ weight, Element* __restrict__ y, float* __restrict__ roots,
    int width, int tokens, float eps, int whole) {
  const int lane = threadIdx.x % 32, token = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
  if (token >= tokens) return;
  x += (size_t)token * width;
  y += (size_t)token * width;
  float square = 0;
#pragma unroll 4
  for (int at = lane * 8; at < width; at += 32 * 8) {
    float v[8];
    load(x, at, width, whole, v);
#pragma unroll
    for (int k = 0; k < 8; k++) square = fmaf(v[k], v[k], square);
  }
  const float root = rsqrtf(warp_sum(square) / width + eps);
  if (roots && lane == 0) roots[token] = root;
#pragma unroll 2
  for (int at = lane * 8; at < width; at += 32 * 8) {
    float v[8], w[8];
    load(x, at, width, whole, v);
    load(weight, at, width, whole, w);
#pragma unroll
    for (int k = 0; k < 8; k++) v[k] = v[k] * root * w[k];
    store(y, at, width, whole, v);
  }
}

// A block has four tokens a step and a thread its eights of their columns, of which it keeps dw in shared memory. Grid: any number; it is a
// matter of T. Reads x (C) and g (C), writes dx (C); x and g a second time from the cache. Sums: mean by thread, halves of a warp, warps in
// order; dw by token, in rms_norm_weight by block.
// Shared: 8 floats for each eight of columns, then 2 * 4 * warps. partial: [blocks, C].
extern "C" __global__ void __launch_bounds__(256) rms_norm_backward(
    const Element* x, const Weight* __restrict__ weight, const float* __restrict__ roots, const Element* g, Element* gx,
    float* __restrict__ partial, int width, int tokens, int whole) {
  constexpr int Step = 4;
  SHARED_FLOATS(sums);  // [8][eights]
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32, eights = (width + 7) / 8;
  float* dots = sums + 8 * eights;  // [Step][warps], twice: a step's while the one before is still read
  for (int e = threadIdx.x; e < eights; e += blockDim.x)
    for (int k = 0; k < 8; k++) sums[k * eights + e] = 0;
  for (int first = blockIdx.x * Step; first < tokens; first += gridDim.x * Step) {
    float dot[Step] = {}, root[Step], shrink[Step];
    for (int e = threadIdx.x; e < eights; e += blockDim.x) {
      float w[8];
      load(weight, e * 8, width, whole, w);
#pragma unroll
      for (int r = 0; r < Step; r++) {
        size_t row = (size_t)min(first + r, tokens - 1) * width;
        float v[8], of[8];
        load(x + row, e * 8, width, whole, v);
        load(g + row, e * 8, width, whole, of);
#pragma unroll
        for (int k = 0; k < 8; k++) dot[r] = fmaf(of[k] * w[k], v[k], dot[r]);
      }
    }
#pragma unroll
    for (int r = 0; r < Step; r++) {
      dot[r] = warp_sum(dot[r]);
      if (lane == 0) dots[r * warps + warp] = dot[r];
    }
    __syncthreads();
#pragma unroll
    for (int r = 0; r < Step; r++) {
      float sum = dots[r * warps];
      for (int w = 1; w < warps; w++) sum += dots[r * warps + w];
      root[r] = first + r < tokens ? roots[first + r] : 0;
      shrink[r] = root[r] * root[r] * root[r] * sum / width;
    }
    dots += dots == sums + 8 * eights ? Step * warps : -Step * warps;
    for (int e = threadIdx.x; e < eights; e += blockDim.x) {
      float w[8], own[8];
      load(weight, e * 8, width, whole, w);
#pragma unroll
      for (int k = 0; k < 8; k++) own[k] = sums[k * eights + e];
#pragma unroll
      for (int r = 0; r < Step; r++) {
        if (first + r >= tokens) break;
        size_t row = (size_t)(first + r) * width;
        float v[8], of[8];
        load(x + row, e * 8, width, whole, v);
        load(g + row, e * 8, width, whole, of);
#pragma unroll
        for (int k = 0; k < 8; k++) {
          float gradient = of[k] * root[r];
          own[k] = fmaf(gradient, v[k], own[k]);
          of[k] = fmaf(-shrink[r], v[k], gradient * w[k]);
        }
        store(gx + row, e * 8, width, whole, of);
      }
#pragma unroll
      for (int k = 0; k < 8; k++) sums[k * eights + e] = own[k];
    }
  }
  for (int e = threadIdx.x; e < eights; e += blockDim.x)
    for (int k = 0; k < 8; k++)
      if (e * 8 + k < width) partial[(size_t)blockIdx.x * width + e * 8 + k] = sums[k * eights + e];
}

// dw: grid [C / 32], 16 warps; a warp has every 16th part of 32 columns, then warps in order. Shared: 16 * 32 floats.
extern "C" __global__ void __launch_bounds__(512) rms_norm_weight(const float* __restrict__ partial, float* __restrict__ gradient, int parts, int width) {
  SHARED_FLOATS(sums);
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32, column = blockIdx.x * 32 + lane;
  float sum = 0;
  if (column < width) {
#pragma unroll 4
    for (int p = warp; p < parts; p += warps) sum += partial[(size_t)p * width + column];
  }
  sums[threadIdx.x] = sum;
  __syncthreads();
  if (warp > 0 || column >= width) return;
  for (int w = 1; w < warps; w++) sum += sums[w * 32 + lane];
  gradient[column] = sum;
}
