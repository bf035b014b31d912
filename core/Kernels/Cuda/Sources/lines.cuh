// What the backward pass hands site_gradients of each token, in one line: for each stream its column of comb, post, pre and pull ("pull": the
// gradient of X' has pull X' in it, the norm's share), then dP, the gradients of the products before the norm, as bf16 and what that loses.
// Streams that are all the embedding are one: pre, pull and dP are summed over them. site_dots and site_coefficients_backward write the lines.
constexpr int LineStreams = BEFORE == BEFORE_EMBEDDING ? 1 : N;
constexpr int LineGroups = BEFORE == BEFORE_EMBEDDING ? 1 : Groups;
constexpr int PostAt = BEFORE == BEFORE_MIXES ? N : 0;                                  // of a stream's numbers
constexpr int PreAt = BEFORE == BEFORE_EMBEDDING ? 0 : PostAt + 1, PullAt = PreAt + 1;
constexpr int StreamLine = (PullAt + 1 + 3) / 4 * 4;
constexpr int OfProductsAt = LineStreams * StreamLine;                                  // then [group][bf16, rest][two of rows]
constexpr int LineLength = OfProductsAt + LineGroups * Eights * 8;                      // in numbers of 32 bits

// The streams whose fn differs: hc's is the same for every stream, and streams that are all the embedding meet the sum over them.
constexpr int FnStreams = Groups == 1 && BEFORE != BEFORE_EMBEDDING ? N : 1;

// An element of fn as tensor cores meet it; rows behind the last are 0.
__device__ __forceinline__ float fn_element(const float* fn, int row, int stream, int column, int width) {
  if (row >= Rows) return 0;
  const float* from = fn + ((size_t)row * (Groups == 1 ? N : 1) + stream) * width + column;
  float sum = from[0];
#pragma unroll
  for (int j = 1; j < (Groups == 1 && BEFORE == BEFORE_EMBEDDING ? N : 1); j++) sum += from[(size_t)j * width];
  return sum;
}
