// The forward pass of a site in one launch, so that X' comes back from the second-level cache when u is read from it: X and F in, X' and u
// out are all that memory sees, 10 C a token with four streams.
//
// Items in order, step after step: a step has one "write" for each slice of columns of its tile of tokens (02), and "reads" (04), 8 tokens each,
// of the tile `lag` steps before. Whichever block finishes a tile's last write makes that tile's coefficients (03); a read waits for them. A step's
// items are about equally large, and lag makes the wait short where as many blocks run as the launch has; no result depends on it.
// Grid: any number of blocks of 256 threads; two of a multiprocessor fill it. Sums are those of 02 to 04: the same bits.
constexpr int ForwardWarps = 8;

// Shared: as 02, then two numbers. tile_tokens: a multiple of 16, at most 256. counters: 2 + tiles numbers: blocks that left, items, and of a tile
// its writes that are done, one more with its coefficients.
extern "C" __global__ void __launch_bounds__(256) site_forward(
    const Eight* __restrict__ x, const Eight* __restrict__ f, const float* __restrict__ writing_before, const float* __restrict__ fn,
    const float* __restrict__ scale, const float* __restrict__ bias, Eight* streams, float* products, float* roots, float* pre, float* writing, Eight* u,
    const float* __restrict__ weight, Eight* normed, float* norm_roots, float* partial, u32* counters, int width, int tokens, int chunks, int slices,
    int tile_tokens, int lag, int iterations, float eps, float norm_eps, float read_eps) {
  SHARED_FLOATS(memory);
  Eight* fragments = (Eight*)memory;
  const int warp = threadIdx.x / 32;
  float* lines = memory + chunks * ProductStreams * Eights * 32 * 8;
  int* item_place = (int*)(lines + ForwardWarps * TileTokens * ProductLine);
  int* last_place = item_place + 1;
  lines += warp * TileTokens * ProductLine;
  const int tiles = (tokens + tile_tokens - 1) / tile_tokens, reads = tile_tokens / ForwardWarps, of_step = slices + reads;
  u32 *items = counters + 1, *done = counters + 2;
  int slice_there = -1;

  for (int item; (item = next_item(items, item_place)) < (tiles + lag) * of_step;) {
    const int step = item / of_step, within = item % of_step;
    __syncthreads();  // an item may be none
    if (within < slices) {
      if (step >= tiles) continue;
      const int first = within * chunks, own_chunks = min(chunks, width / Columns - first);
      if (within != slice_there) {
        put_fragments(fn, fragments, first, own_chunks, width);
        slice_there = within;
        __syncthreads();
      }
      const int end = min((step + 1) * tile_tokens, tokens);
      for (int at = step * tile_tokens + warp * TileTokens; at < end; at += ForwardWarps * TileTokens)
        multiply_tile(x, f, writing_before, streams, partial, fragments, lines, within, first, own_chunks, at / TileTokens, width, tokens);
      __syncthreads();
      if (threadIdx.x == 0) *last_place = count_up(done + step) == slices - 1;
      __syncthreads();
      if (!*last_place) continue;
      if (const int token = step * tile_tokens + threadIdx.x; token < end)
        map_token(partial, slices, scale, bias, products, roots, pre, writing, width, tokens, token, {iterations, eps}, norm_eps);
      __syncthreads();
      if (threadIdx.x == 0) count_up(done + step);
    } else if (step >= lag && step - lag < tiles) {
      const int tile = step - lag, token = tile * tile_tokens + (within - slices) * ForwardWarps + warp;
      await(done + tile, slices + 1);
      if (token < tokens) read_token(streams, pre, u, weight, normed, norm_roots, width, tokens, token, read_eps);
    }
  }
  leave(counters, 2 + tiles, item_place);
}
