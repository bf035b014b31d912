using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _zeroInPlace = new("zero_");
        private static readonly Operator _fillInPlaceScalar = new("fill_", "Scalar");
        private static readonly Operator _normalInPlace = new("normal_");
        private static readonly Operator _uniformInPlace = new("uniform_");
        private static readonly Operator _copyInPlace = new("copy_");
        private static readonly Operator _bernoulliInPlaceFloat = new("bernoulli_", "float");
        private static readonly Operator _clone = new("clone");
        private static readonly Operator _detach = new("detach");
        private static readonly Operator _detachInPlace = new("detach_");

        public Tensor zero_()
        {
            _zeroInPlace.Run(this);
            return this;
        }

        public Tensor fill_(Scalar value)
        {
            _fillInPlaceScalar.Run(this, value);
            return this;
        }

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            _normalInPlace.Run(this, mean, std, generator);
            return this;
        }

        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            _uniformInPlace.Run(this, from, to, generator);
            return this;
        }

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            _copyInPlace.Run(this, source, nonBlocking);
            return this;
        }

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            _bernoulliInPlaceFloat.Run(this, p, generator);
            return this;
        }

        public Tensor clone() => _clone.Call(this);

        public Tensor detach() => _detach.Call(this);

        public Tensor detach_()
        {
            _detachInPlace.Run(this);
            return this;
        }
    }

    public static Tensor clone(Tensor input) => input.clone();
}
