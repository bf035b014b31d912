// fn [Rows, n, C] of a site whose streams are all the embedding, from its sum over the streams [Rows, C]: the sum for the first stream, zeros for
// the others. Grid [Rows]. Once a model, at its first site.
extern "C" __global__ void __launch_bounds__(256) fn_spread(const float* __restrict__ sum, float* __restrict__ fn, int streams, int width) {
  const float* from = sum + (size_t)blockIdx.x * width;
  float* to = fn + (size_t)blockIdx.x * streams * width;
  for (int k = threadIdx.x; k < streams * width; k += blockDim.x) to[k] = k < width ? from[k] : 0;
}
