// Sinkhorn-Knopp of one token by one thread (arXiv 2512.24880, equation 9): n x n numbers in registers, every loop over them unrolled.
// The way back needs each normalisation's n divisors: "tape", element k of it at tape[k * stride].

// Divides the line of n elements first, first + step, ... by its sum + eps; returns that divisor.
template <int First, int Step> __device__ __forceinline__ float divide(float* y, float eps) {
  float sum = eps;
#pragma unroll
  for (int k = 0; k < N; k++) sum += y[First + k * Step];
  float reciprocal = rcp(sum);
#pragma unroll
  for (int k = 0; k < N; k++) y[First + k * Step] *= reciprocal;
  return sum;
}

// h - y sum(h) of one line: what dividing a line by its sum does to h, the gradient times its element.
template <int First, int Step> __device__ __forceinline__ void reduce(const float* y, float* h) {
  float sum = 0;
#pragma unroll
  for (int k = 0; k < N; k++) sum -= h[First + k * Step];
#pragma unroll
  for (int k = 0; k < N; k++) h[First + k * Step] = fmaf(y[First + k * Step], sum, h[First + k * Step]);
}

template <int First, int Step> __device__ __forceinline__ void undo(float* y, float* h, float divisor) {
  reduce<First, Step>(y, h);
#pragma unroll
  for (int k = 0; k < N; k++) y[First + k * Step] *= divisor;
}

// All rows or all columns; Line counts up to N at compile time, so that indices are constants.
template <bool Rows, int Line = 0> __device__ __forceinline__ void divide_all(float* y, float* tape, int stride, float eps) {
  if constexpr (Line < N) {
    float divisor = divide<Rows ? Line * N : Line, Rows ? 1 : N>(y, eps);
    if (tape) tape[Line * stride] = divisor;
    divide_all<Rows, Line + 1>(y, tape, stride, eps);
  }
}
template <bool Rows, int Line = 0> __device__ __forceinline__ void undo_all(float* y, float* h, const float* tape, int stride) {
  if constexpr (Line < N) {
    undo<Rows ? Line * N : Line, Rows ? 1 : N>(y, h, tape[Line * stride]);
    undo_all<Rows, Line + 1>(y, h, tape, stride);
  }
}
template <bool Rows, int Line = 0> __device__ __forceinline__ void reduce_all(const float* y, float* h) {
  if constexpr (Line < N) {
    reduce<Rows ? Line * N : Line, Rows ? 1 : N>(y, h);
    reduce_all<Rows, Line + 1>(y, h);
  }
}

// y [n, n]: logits in, comb out. z: the softmax of the rows. Without eps the first iteration runs on logarithms, since a column of a sharp
// matrix may underflow to zeros. tape may be null, else (2 iterations - 1) n numbers.
__device__ __forceinline__ void sinkhorn(float* y, float* z, float* tape, int stride, int iterations, float eps) {
#pragma unroll
  for (int i = 0; i < N; i++) {
    float top = y[i * N], sum = 0;
#pragma unroll
    for (int j = 1; j < N; j++) top = fmaxf(top, y[i * N + j]);
#pragma unroll
    for (int j = 0; j < N; j++) {
      z[i * N + j] = expf(y[i * N + j] - top);
      sum += z[i * N + j];
    }
    float reciprocal = 1 / sum, logarithm = eps == 0 ? top + logf(sum) : 0;
#pragma unroll
    for (int j = 0; j < N; j++) {
      z[i * N + j] *= reciprocal;
      y[i * N + j] = eps == 0 ? y[i * N + j] - logarithm : z[i * N + j] + eps;
    }
  }
  if (eps == 0) {
#pragma unroll
    for (int j = 0; j < N; j++) {
      float top = y[j];
#pragma unroll
      for (int i = 1; i < N; i++) top = fmaxf(top, y[i * N + j]);
#pragma unroll
      for (int i = 0; i < N; i++) y[i * N + j] = expf(y[i * N + j] - top);
    }
  }
  divide_all<false>(y, tape, stride, eps);
#pragma unroll 1
  for (int k = 1; k < iterations; k++) {
    if (tape) tape += N * stride;
    divide_all<true>(y, tape, stride, eps);
    if (tape) tape += N * stride;
    divide_all<false>(y, tape, stride, eps);
  }
}

// The gradient of the logits: y is comb, h its gradient in and the logits' out, z and tape as the forward pass left them. Normalisations
// are undone on the way, so that two matrices are all that is live, whatever the number of iterations.
__device__ __forceinline__ void sinkhorn_backward(float* y, float* h, const float* z, const float* tape, int stride, int iterations, float eps) {
#pragma unroll
  for (int k = 0; k < N * N; k++) h[k] *= y[k];
  tape += (2 * iterations - 2) * N * stride;
#pragma unroll 1
  for (int k = 1; k < iterations; k++) {
    undo_all<false>(y, h, tape, stride);
    tape -= N * stride;
    undo_all<true>(y, h, tape, stride);
    tape -= N * stride;
  }
  if (eps == 0) {
    reduce_all<false>(y, h); // the columns' softmax of logarithms, whose gradient is h itself
  } else {
    undo_all<false>(y, h, tape, stride);
    // y is z + eps here: h / y is its gradient, and times z that of z's logarithm.
#pragma unroll
    for (int k = 0; k < N * N; k++) h[k] = h[k] * rcp(y[k]) * z[k];
  }
  reduce_all<true>(z, h);
}
