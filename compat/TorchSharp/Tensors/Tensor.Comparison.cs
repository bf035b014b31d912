using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _eqTensor = new("eq", "Tensor");
        private static readonly Operator _eqScalar = new("eq", "Scalar");
        private static readonly Operator _neTensor = new("ne", "Tensor");
        private static readonly Operator _neScalar = new("ne", "Scalar");
        private static readonly Operator _ltTensor = new("lt", "Tensor");
        private static readonly Operator _ltScalar = new("lt", "Scalar");
        private static readonly Operator _leTensor = new("le", "Tensor");
        private static readonly Operator _leScalar = new("le", "Scalar");
        private static readonly Operator _gtTensor = new("gt", "Tensor");
        private static readonly Operator _gtScalar = new("gt", "Scalar");
        private static readonly Operator _geTensor = new("ge", "Tensor");
        private static readonly Operator _geScalar = new("ge", "Scalar");
        private static readonly Operator _isclose = new("isclose");

        public Tensor eq(Tensor target) => _eqTensor.Call(this, target);

        public Tensor eq(Scalar target) => _eqScalar.Call(this, target);

        public Tensor ne(Tensor target) => _neTensor.Call(this, target);

        public Tensor ne(Scalar target) => _neScalar.Call(this, target);

        public Tensor lt(Tensor target) => _ltTensor.Call(this, target);

        public Tensor lt(Scalar target) => _ltScalar.Call(this, target);

        public Tensor le(Tensor target) => _leTensor.Call(this, target);

        public Tensor le(Scalar target) => _leScalar.Call(this, target);

        public Tensor gt(Tensor target) => _gtTensor.Call(this, target);

        public Tensor gt(Scalar target) => _gtScalar.Call(this, target);

        public Tensor ge(Tensor target) => _geTensor.Call(this, target);

        public Tensor ge(Scalar target) => _geScalar.Call(this, target);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            using var close = isclose(target, rtol, atol, equal_nan);
            using var every = close.all();
            return every.ToBoolean();
        }

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) => _isclose.Call(this, other, rtol, atol, nanEqual);
    }

    public static Tensor eq(Tensor left, Tensor right) => left.eq(right);
    public static Tensor ne(Tensor left, Tensor right) => left.ne(right);
    public static Tensor lt(Tensor left, Tensor right) => left.lt(right);
    public static Tensor le(Tensor left, Tensor right) => left.le(right);
    public static Tensor gt(Tensor left, Tensor right) => left.gt(right);
    public static Tensor ge(Tensor left, Tensor right) => left.ge(right);
    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => tensor.allclose(target, rtol, atol, equal_nan);
}
