using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A table with normally distributed values (the padding's row is zero).</summary>
        public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
        {
            if (max_norm is not null || scale_grad_by_freq || sparse)
                throw new NotSupportedException("max_norm, scale_grad_by_freq and sparse are not in this slice of TorchSharp (compat/TorchSharp/README.md).");
            var weight = randn(num_embeddings, embedding_dims, dtype, device);
            if (padding_idx is { } row)
            {
                using var zeroed = weight.select(0, row);
                zeroed.zero_();
            }
            return new Embedding(new Parameter(weight.DetachFromDisposeScope()), padding_idx);
        }
    }
}
