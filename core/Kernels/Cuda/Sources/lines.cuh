// What the backward pass hands site_gradients, tile by tile of sixteen tokens: a line of each token, then operands for tensor cores.
// A line: for each stream its column of comb, then post of all streams, then pre. site_dots writes post and comb, the rest
// site_coefficients_backward. Streams that are all the embedding are one: pre, pull and dP are summed over them.
constexpr int LineStreams = BEFORE == BEFORE_EMBEDDING ? 1 : N;
constexpr int LineGroups = BEFORE == BEFORE_EMBEDDING ? 1 : Groups;
constexpr int CombLine = BEFORE == BEFORE_MIXES ? (N + 3) / 4 * 4 : 0;                  // of a stream
constexpr int GateLine = (LineStreams + 3) / 4 * 4;
constexpr int PostAt = LineStreams * CombLine, PreAt = PostAt + (BEFORE == BEFORE_EMBEDDING ? 0 : GateLine);
constexpr int LineLength = PreAt + GateLine;                                            // in numbers of 32 bits

// An operand is four words of each lane, sixteen bytes. Of a group: the pulls ("pull": the gradient of X' has pull X' in it, the norm's share)
// on a diagonal, tokens by tokens; then dP, the gradients of the products before the norm, sixteen rows at a time: tokens by rows, for G, and
// rows by tokens, for fn's gradient. Everything as bf16 and what that loses. An eight that is left meets bf16 and rest of its fn at once: its
// tokens by rows have the same eight twice, its rows by tokens are the lower eight of sixteen and zeros, and for a lane's second word the upper.
constexpr int StepWords = N <= 4 ? 2 : 1;                                               // of a lane, in a step of site_gradients
constexpr int Pairs = Eights / 2;                                                       // of eights of rows: a tensor core's sixteen
constexpr bool Odd = Eights % 2 != 0;                                                   // an eight is left
constexpr int PairAt = 2, OddAt = PairAt + 4 * Pairs, GroupOperands = OddAt + (Odd ? 2 + 2 * StepWords : 0);
constexpr int TileLines = TileTokens * LineLength;
constexpr bool Staged = LineGroups == 1 && N <= 4;                                      // operands, in shared memory like lines; more would not fit
constexpr int StagedLength = (TileLines + (Staged ? GroupOperands * 128 : 0) + 2047) / 2048 * 2048;  // four accesses of each of 128 threads, eight of 64
constexpr int TileLength = Staged ? StagedLength : (TileLines + LineGroups * GroupOperands * 128 + 2047) / 2048 * 2048;

// The streams whose fn differs: hc's is the same for every stream, and streams that are all the embedding meet the sum over them.
constexpr int FnStreams = Groups == 1 && BEFORE != BEFORE_EMBEDDING ? N : 1;

// A token's line.
__device__ __forceinline__ float* line_of(float* tiles, int token) { return tiles + (size_t)(token / TileTokens) * TileLength + token % TileTokens * LineLength; }

// An element of fn as tensor cores meet it; rows behind the last are 0.
__device__ __forceinline__ float fn_element(const float* fn, int row, int stream, int column, int width) {
  if (row >= Rows) return 0;
  const float* from = fn + ((size_t)row * (Groups == 1 ? N : 1) + stream) * width + column;
  float sum = from[0];
#pragma unroll
  for (int j = 1; j < (Groups == 1 && BEFORE == BEFORE_EMBEDDING ? N : 1); j++) sum += from[(size_t)j * width];
  return sum;
}
