using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _addTensor = new("add", "Tensor");
        private static readonly Operator _addScalar = new("add", "Scalar");
        private static readonly Operator _addInPlaceTensor = new("add_", "Tensor");
        private static readonly Operator _addInPlaceScalar = new("add_", "Scalar");
        private static readonly Operator _subTensor = new("sub", "Tensor");
        private static readonly Operator _subScalar = new("sub", "Scalar");
        private static readonly Operator _subInPlaceTensor = new("sub_", "Tensor");
        private static readonly Operator _subInPlaceScalar = new("sub_", "Scalar");
        private static readonly Operator _mulTensor = new("mul", "Tensor");
        private static readonly Operator _mulScalar = new("mul", "Scalar");
        private static readonly Operator _mulInPlaceTensor = new("mul_", "Tensor");
        private static readonly Operator _mulInPlaceScalar = new("mul_", "Scalar");
        private static readonly Operator _divTensor = new("div", "Tensor");
        private static readonly Operator _divScalar = new("div", "Scalar");
        private static readonly Operator _divInPlaceTensor = new("div_", "Tensor");
        private static readonly Operator _divInPlaceScalar = new("div_", "Scalar");
        private static readonly Operator _divTensorMode = new("div", "Tensor_mode");
        private static readonly Operator _divScalarMode = new("div", "Scalar_mode");
        private static readonly Operator _divInPlaceTensorMode = new("div_", "Tensor_mode");
        private static readonly Operator _divInPlaceScalarMode = new("div_", "Scalar_mode");
        private static readonly Operator _remainderTensor = new("remainder", "Tensor");
        private static readonly Operator _remainderScalar = new("remainder", "Scalar");
        private static readonly Operator _powTensorTensor = new("pow", "Tensor_Tensor");
        private static readonly Operator _powTensorScalar = new("pow", "Tensor_Scalar");
        private static readonly Operator _powInPlaceTensor = new("pow_", "Tensor");
        private static readonly Operator _powInPlaceScalar = new("pow_", "Scalar");
        private static readonly Operator _addcmul = new("addcmul");
        private static readonly Operator _addcmulInPlace = new("addcmul_");
        private static readonly Operator _addcdiv = new("addcdiv");
        private static readonly Operator _addcdivInPlace = new("addcdiv_");
        private static readonly Operator _lerpTensor = new("lerp", "Tensor");
        private static readonly Operator _lerpInPlaceTensor = new("lerp_", "Tensor");
        private static readonly Operator _maximum = new("maximum");
        private static readonly Operator _minimum = new("minimum");
        private static readonly Operator _logicalAnd = new("logical_and");
        private static readonly Operator _logicalOr = new("logical_or");
        private static readonly Operator _clamp = new("clamp");
        private static readonly Operator _clampInPlace = new("clamp_");
        private static readonly Operator _clampTensor = new("clamp", "Tensor");
        private static readonly Operator _clampInPlaceTensor = new("clamp_", "Tensor");
        private static readonly Operator _clampMin = new("clamp_min");
        private static readonly Operator _clampMax = new("clamp_max");

        public Tensor add(Tensor target) => _addTensor.Call(this, target);

        public Tensor add(Tensor target, Scalar alpha) => _addTensor.Call(this, target, alpha);

        public Tensor add(Scalar scalar) => _addScalar.Call(this, scalar);

        public Tensor add(Scalar scalar, Scalar alpha) => _addScalar.Call(this, scalar, alpha);

        public Tensor add_(Tensor target)
        {
            _addInPlaceTensor.Run(this, target);
            return this;
        }

        public Tensor add_(Tensor target, Scalar alpha)
        {
            _addInPlaceTensor.Run(this, target, alpha);
            return this;
        }

        public Tensor add_(Scalar scalar)
        {
            _addInPlaceScalar.Run(this, scalar);
            return this;
        }

        public Tensor add_(Scalar scalar, Scalar alpha)
        {
            _addInPlaceScalar.Run(this, scalar, alpha);
            return this;
        }

        public Tensor sub(Tensor target) => _subTensor.Call(this, target);

        public Tensor sub(Scalar target) => _subScalar.Call(this, target);

        public Tensor sub_(Tensor target)
        {
            _subInPlaceTensor.Run(this, target);
            return this;
        }

        public Tensor sub_(Scalar target)
        {
            _subInPlaceScalar.Run(this, target);
            return this;
        }

        public Tensor mul(Tensor target) => _mulTensor.Call(this, target);

        public Tensor mul_(Tensor target)
        {
            _mulInPlaceTensor.Run(this, target);
            return this;
        }

        public Tensor mul(Scalar target) => _mulScalar.Call(this, target);

        public Tensor mul_(Scalar target)
        {
            _mulInPlaceScalar.Run(this, target);
            return this;
        }

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? _divTensor.Call(this, target) : _divTensorMode.Call(this, target, Name(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            if (rounding_mode == RoundingMode.None) _divInPlaceTensor.Run(this, target);
            else _divInPlaceTensorMode.Run(this, target, Name(rounding_mode));
            return this;
        }

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? _divScalar.Call(this, target) : _divScalarMode.Call(this, target, Name(rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            if (rounding_mode == RoundingMode.None) _divInPlaceScalar.Run(this, target);
            else _divInPlaceScalarMode.Run(this, target, Name(rounding_mode));
            return this;
        }

        private static string Name(RoundingMode mode) => mode == RoundingMode.floor ? "floor" : "trunc";

        public Tensor remainder(Tensor target) => _remainderTensor.Call(this, target);

        public Tensor remainder(Scalar scalar) => _remainderScalar.Call(this, scalar);

        public Tensor pow(Tensor exponent) => _powTensorTensor.Call(this, exponent);

        public Tensor pow_(Tensor exponent)
        {
            _powInPlaceTensor.Run(this, exponent);
            return this;
        }

        public Tensor pow(Scalar exponent) => _powTensorScalar.Call(this, exponent);

        public Tensor pow_(Scalar exponent)
        {
            _powInPlaceScalar.Run(this, exponent);
            return this;
        }

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => _addcmul.Call(this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            _addcmulInPlace.Run(this, tensor1, tensor2, value);
            return this;
        }

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => _addcdiv.Call(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            _addcdivInPlace.Run(this, tensor1, tensor2, value);
            return this;
        }

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => _addcdiv.Call(this, tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2)
        {
            _addcdivInPlace.Run(this, tensor1, tensor2);
            return this;
        }

        public Tensor lerp(Tensor end, Tensor weight) => _lerpTensor.Call(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight)
        {
            _lerpInPlaceTensor.Run(this, end, weight);
            return this;
        }

        public Tensor maximum(Tensor other) => _maximum.Call(this, other);

        public Tensor minimum(Tensor other) => _minimum.Call(this, other);

        public Tensor logical_and(Tensor other) => _logicalAnd.Call(this, other);

        public Tensor logical_or(Tensor other) => _logicalOr.Call(this, other);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => _clamp.Call(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => _clampTensor.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            _clampInPlace.Run(this, min, max);
            return this;
        }

        public Tensor clamp_(Tensor? min = null, Tensor? max = null)
        {
            _clampInPlaceTensor.Run(this, min, max);
            return this;
        }

        public Tensor clamp_min(Scalar min) => _clampMin.Call(this, min);

        public Tensor clamp_max(Scalar max) => _clampMax.Call(this, max);
    }

    public static Tensor add(Tensor left, Tensor right) => left.add(right);
    public static Tensor add_(Tensor left, Tensor right) => left.add_(right);
    public static Tensor add(Tensor left, Tensor right, Scalar alpha) => left.add(right, alpha);
    public static Tensor add_(Tensor left, Tensor right, Scalar alpha) => left.add_(right, alpha);
    public static Tensor add(Tensor left, Scalar right) => left.add(right);
    public static Tensor add_(Tensor left, Scalar right) => left.add_(right);
    public static Tensor add(Tensor left, Scalar right, Scalar alpha) => left.add(right, alpha);
    public static Tensor add_(Tensor left, Scalar right, Scalar alpha) => left.add_(right, alpha);
    public static Tensor sub(Tensor left, Tensor right) => left.sub(right);
    public static Tensor sub_(Tensor left, Tensor right) => left.sub_(right);
    public static Tensor sub(Tensor left, Scalar right) => left.sub(right);
    public static Tensor sub_(Tensor left, Scalar right) => left.sub_(right);
    public static Tensor mul(Tensor left, Tensor right) => left.mul(right);
    public static Tensor mul_(Tensor left, Tensor right) => left.mul_(right);
    public static Tensor mul(Tensor left, Scalar right) => left.mul(right);
    public static Tensor mul_(Tensor left, Scalar right) => left.mul_(right);
    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
    public static Tensor div_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.div_(right, rounding_mode);
    public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div(right, rounding_mode);
    public static Tensor div_(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.div_(right, rounding_mode);
    public static Tensor pow(Tensor left, Tensor exponent) => left.pow(exponent);
    public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);
    public static Tensor addcmul(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcmul(tensor1, tensor2, value);
    public static Tensor addcmul_(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcmul_(tensor1, tensor2, value);
    public static Tensor addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcdiv(tensor1, tensor2, value);
    public static Tensor addcdiv_(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.addcdiv_(tensor1, tensor2, value);
    public static Tensor lerp(Tensor input, Tensor end, Tensor weight) => input.lerp(end, weight);
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);
    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);
    public static Tensor logical_and(Tensor left, Tensor right) => left.logical_and(right);
    public static Tensor logical_or(Tensor left, Tensor right) => left.logical_or(right);
    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);
    public static Tensor clamp(Tensor input, Tensor? min = null, Tensor? max = null) => input.clamp(min, max);
    public static Tensor clamp_(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp_(min, max);
    public static Tensor clamp_(Tensor input, Tensor? min = null, Tensor? max = null) => input.clamp_(min, max);
}
