using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator _linear = new("linear");
            private static readonly Operator _crossEntropy = new("cross_entropy_loss");
            private static readonly Operator _dropout = new("dropout");
            private static readonly Operator _dropoutInPlace = new("dropout_");
            private static readonly Operator _oneHot = new("one_hot");
            private static readonly Operator _attention = new("scaled_dot_product_attention");
            private static readonly Operator _attentionBefore2 = new("_scaled_dot_product_attention");

            /// <summary>input [..., I] * weights^T [O, I] + bias [O] = [..., O].</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => _linear.Call(input, weights, bias);

            /// <summary>
            /// The mean (or sum, or each) of -log softmax(input)[target] over the rows whose target is not ignore_index;
            /// input [N, C], target [N] Int64.
            /// </summary>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                _crossEntropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                (inplace ? _dropoutInPlace : _dropout).Call(input, p, training);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => _oneHot.Call(x, num_classes);

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : x.silu();

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            /// <summary>
            /// softmax(query key^T / sqrt(E) + mask) value, with query [..., L, E], key [..., S, E], value [..., S, Ev];
            /// is_casual masks what comes after a position. libtorch 1.13 has it as a private operator that takes the
            /// same arguments and one more (whether to return the weights too), and returns a pair.
            /// </summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (_attention.Exists) return _attention.Call(query, key, value, attn_mask, p, is_casual);
                var (output, weights) = _attentionBefore2.CallPair(query, key, value, attn_mask, p, false, is_casual);
                weights.Dispose();
                return output;
            }
        }
    }
}
