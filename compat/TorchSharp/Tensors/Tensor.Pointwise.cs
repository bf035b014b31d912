using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _abs = new("abs");
        private static readonly Operator _absInPlace = new("abs_");
        private static readonly Operator _exp = new("exp");
        private static readonly Operator _expInPlace = new("exp_");
        private static readonly Operator _expm1 = new("expm1");
        private static readonly Operator _expm1InPlace = new("expm1_");
        private static readonly Operator _log = new("log");
        private static readonly Operator _logInPlace = new("log_");
        private static readonly Operator _log1p = new("log1p");
        private static readonly Operator _log1pInPlace = new("log1p_");
        private static readonly Operator _log2 = new("log2");
        private static readonly Operator _log2InPlace = new("log2_");
        private static readonly Operator _sqrt = new("sqrt");
        private static readonly Operator _sqrtInPlace = new("sqrt_");
        private static readonly Operator _rsqrt = new("rsqrt");
        private static readonly Operator _rsqrtInPlace = new("rsqrt_");
        private static readonly Operator _sin = new("sin");
        private static readonly Operator _sinInPlace = new("sin_");
        private static readonly Operator _cos = new("cos");
        private static readonly Operator _cosInPlace = new("cos_");
        private static readonly Operator _tanh = new("tanh");
        private static readonly Operator _tanhInPlace = new("tanh_");
        private static readonly Operator _sigmoid = new("sigmoid");
        private static readonly Operator _sigmoidInPlace = new("sigmoid_");
        private static readonly Operator _neg = new("neg");
        private static readonly Operator _negInPlace = new("neg_");
        private static readonly Operator _reciprocal = new("reciprocal");
        private static readonly Operator _reciprocalInPlace = new("reciprocal_");
        private static readonly Operator _floor = new("floor");
        private static readonly Operator _floorInPlace = new("floor_");
        private static readonly Operator _ceil = new("ceil");
        private static readonly Operator _ceilInPlace = new("ceil_");
        private static readonly Operator _sign = new("sign");
        private static readonly Operator _signInPlace = new("sign_");
        private static readonly Operator _relu = new("relu");
        private static readonly Operator _reluInPlace = new("relu_");
        private static readonly Operator _silu = new("silu");
        private static readonly Operator _siluInPlace = new("silu_");
        private static readonly Operator _erf = new("erf");
        private static readonly Operator _isnan = new("isnan");
        private static readonly Operator _isinf = new("isinf");
        private static readonly Operator _isfinite = new("isfinite");
        private static readonly Operator _logicalNot = new("logical_not");
        private static readonly Operator _round = new("round");
        private static readonly Operator _roundDecimals = new("round", "decimals");

        public Tensor abs() => _abs.Call(this);

        public Tensor abs_()
        {
            _absInPlace.Run(this);
            return this;
        }

        public Tensor exp() => _exp.Call(this);

        public Tensor exp_()
        {
            _expInPlace.Run(this);
            return this;
        }

        public Tensor expm1() => _expm1.Call(this);

        public Tensor expm1_()
        {
            _expm1InPlace.Run(this);
            return this;
        }

        public Tensor log() => _log.Call(this);

        public Tensor log_()
        {
            _logInPlace.Run(this);
            return this;
        }

        public Tensor log1p() => _log1p.Call(this);

        public Tensor log1p_()
        {
            _log1pInPlace.Run(this);
            return this;
        }

        public Tensor log2() => _log2.Call(this);

        public Tensor log2_()
        {
            _log2InPlace.Run(this);
            return this;
        }

        public Tensor sqrt() => _sqrt.Call(this);

        public Tensor sqrt_()
        {
            _sqrtInPlace.Run(this);
            return this;
        }

        public Tensor rsqrt() => _rsqrt.Call(this);

        public Tensor rsqrt_()
        {
            _rsqrtInPlace.Run(this);
            return this;
        }

        public Tensor sin() => _sin.Call(this);

        public Tensor sin_()
        {
            _sinInPlace.Run(this);
            return this;
        }

        public Tensor cos() => _cos.Call(this);

        public Tensor cos_()
        {
            _cosInPlace.Run(this);
            return this;
        }

        public Tensor tanh() => _tanh.Call(this);

        public Tensor tanh_()
        {
            _tanhInPlace.Run(this);
            return this;
        }

        public Tensor sigmoid() => _sigmoid.Call(this);

        public Tensor sigmoid_()
        {
            _sigmoidInPlace.Run(this);
            return this;
        }

        public Tensor neg() => _neg.Call(this);

        public Tensor neg_()
        {
            _negInPlace.Run(this);
            return this;
        }

        public Tensor reciprocal() => _reciprocal.Call(this);

        public Tensor reciprocal_()
        {
            _reciprocalInPlace.Run(this);
            return this;
        }

        public Tensor floor() => _floor.Call(this);

        public Tensor floor_()
        {
            _floorInPlace.Run(this);
            return this;
        }

        public Tensor ceil() => _ceil.Call(this);

        public Tensor ceil_()
        {
            _ceilInPlace.Run(this);
            return this;
        }

        public Tensor sign() => _sign.Call(this);

        public Tensor sign_()
        {
            _signInPlace.Run(this);
            return this;
        }

        public Tensor relu() => _relu.Call(this);

        public Tensor relu_()
        {
            _reluInPlace.Run(this);
            return this;
        }

        public Tensor silu() => _silu.Call(this);

        public Tensor silu_()
        {
            _siluInPlace.Run(this);
            return this;
        }

        public Tensor erf() => _erf.Call(this);

        public Tensor isnan() => _isnan.Call(this);

        public Tensor isinf() => _isinf.Call(this);

        public Tensor isfinite() => _isfinite.Call(this);

        public Tensor logical_not() => _logicalNot.Call(this);

        public Tensor round(long decimals = 0L) => decimals == 0 ? _round.Call(this) : _roundDecimals.Call(this, decimals);

        public Tensor square() => pow(2);

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public Tensor negative() => neg();
    }

    public static Tensor abs(Tensor input) => input.abs();
    public static Tensor exp(Tensor input) => input.exp();
    public static Tensor expm1(Tensor input) => input.expm1();
    public static Tensor log(Tensor input) => input.log();
    public static Tensor log1p(Tensor input) => input.log1p();
    public static Tensor log2(Tensor input) => input.log2();
    public static Tensor sqrt(Tensor input) => input.sqrt();
    public static Tensor rsqrt(Tensor input) => input.rsqrt();
    public static Tensor sin(Tensor input) => input.sin();
    public static Tensor cos(Tensor input) => input.cos();
    public static Tensor tanh(Tensor input) => input.tanh();
    public static Tensor sigmoid(Tensor input) => input.sigmoid();
    public static Tensor neg(Tensor input) => input.neg();
    public static Tensor reciprocal(Tensor input) => input.reciprocal();
    public static Tensor floor(Tensor input) => input.floor();
    public static Tensor ceil(Tensor input) => input.ceil();
    public static Tensor sign(Tensor input) => input.sign();
    public static Tensor erf(Tensor input) => input.erf();
    public static Tensor isnan(Tensor input) => input.isnan();
    public static Tensor isinf(Tensor tensor) => tensor.isinf();
    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();
    public static Tensor logical_not(Tensor input) => input.logical_not();
    public static Tensor round(Tensor input, long decimals = 0L) => input.round(decimals);
    public static Tensor square(Tensor input) => input.square();
    public static Tensor negative(Tensor input) => input.neg();
    public static Tensor exp_(Tensor input) => input.exp_();
    public static Tensor sqrt_(Tensor input) => input.sqrt_();
    public static Tensor rsqrt_(Tensor input) => input.rsqrt_();
    public static Tensor neg_(Tensor input) => input.neg_();
    public static Tensor sigmoid_(Tensor input) => input.sigmoid_();
    public static Tensor tanh_(Tensor input) => input.tanh_();
    public static Tensor abs_(Tensor input) => input.abs_();
}
