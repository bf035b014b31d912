using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _matmul = new("matmul");
        private static readonly Operator _mm = new("mm");
        private static readonly Operator _bmm = new("bmm");
        private static readonly Operator _outer = new("outer");
        private static readonly Operator _dot = new("dot");
        private static readonly Operator _mv = new("mv");
        private static readonly Operator _addmm = new("addmm");
        private static readonly Operator _addmmInPlace = new("addmm_");
        private static readonly Operator _baddbmm = new("baddbmm");

        public Tensor matmul(Tensor target) => _matmul.Call(this, target);

        public Tensor mm(Tensor target) => _mm.Call(this, target);

        public Tensor bmm(Tensor batch2) => _bmm.Call(this, batch2);

        public Tensor outer(Tensor vec2) => _outer.Call(this, vec2);

        public Tensor dot(Tensor target) => _dot.Call(this, target);

        public Tensor mv(Tensor target) => _mv.Call(this, target);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => _addmm.Call(this, mat1, mat2, (double)beta, (double)alpha);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1)
        {
            _addmmInPlace.Run(this, mat1, mat2, (double)beta, (double)alpha);
            return this;
        }

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => _baddbmm.Call(this, batch1, batch2, (double)beta, (double)alpha);
    }

    private static readonly Operator _einsum = new("einsum");

    public static Tensor einsum(string equation, params Tensor[] tensors) => _einsum.Call(equation, tensors);
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);
    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);
    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);
    public static Tensor dot(Tensor input, Tensor other) => input.dot(other);
    public static Tensor mv(Tensor input, Tensor target) => input.mv(target);
    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.baddbmm(batch1, batch2, beta, alpha);
}
