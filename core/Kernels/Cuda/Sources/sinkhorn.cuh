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

// A row's softmax: its elements, and the logarithm of what they were divided by.
__device__ __forceinline__ float softmax_row(const float* logits, float (&z)[N]) {
  float top = logits[0], sum = 0;
#pragma unroll
  for (int j = 1; j < N; j++) top = fmaxf(top, logits[j]);
#pragma unroll
  for (int j = 0; j < N; j++) {
    z[j] = expf(logits[j] - top);
    sum += z[j];
  }
  float reciprocal = 1 / sum;
#pragma unroll
  for (int j = 0; j < N; j++) z[j] *= reciprocal;
  return top + logf(sum);
}

// y [n, n]: logits in, comb out. Without eps the first iteration runs on logarithms, since a column of a sharp matrix may underflow to zeros.
// tape may be null, else (2 iterations - 1) n numbers.
__device__ __forceinline__ void sinkhorn(float* y, float* tape, int stride, int iterations, float eps) {
#pragma unroll
  for (int i = 0; i < N; i++) {
    float z[N], logarithm = softmax_row(y + i * N, z);
#pragma unroll
    for (int j = 0; j < N; j++) y[i * N + j] = eps == 0 ? y[i * N + j] - logarithm : z[j] + eps;
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

// y is comb, h its gradient. Out: h, that of the softmax of the rows without eps times its elements, and with eps that of the softmax. y is
// overwritten. tape as the forward pass left it. Normalisations are undone on the way, so that two matrices are all that is live, whatever the
// number of iterations.
__device__ __forceinline__ void sinkhorn_backward(float* y, float* h, const float* tape, int stride, int iterations, float eps) {
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
    // y is the softmax + eps here.
#pragma unroll
    for (int k = 0; k < N * N; k++) h[k] *= rcp(y[k]);
  }
}

// The gradient of a row of logits: h as sinkhorn_backward leaves it.
__device__ __forceinline__ void softmax_row_backward(const float* logits, float* h, float eps) {
  float z[N], sum = 0;
  softmax_row(logits, z);
#pragma unroll
  for (int j = 0; j < N; j++) {
    if (eps != 0) h[j] *= z[j];
    sum -= h[j];
  }
#pragma unroll
  for (int j = 0; j < N; j++) h[j] = fmaf(z[j], sum, h[j]);
}
