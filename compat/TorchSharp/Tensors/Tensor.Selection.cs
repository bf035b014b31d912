using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _indexSelect = new("index_select");
        private static readonly Operator _gather = new("gather");
        private static readonly Operator _take = new("take");
        private static readonly Operator _maskedFillScalar = new("masked_fill", "Scalar");
        private static readonly Operator _maskedSelect = new("masked_select");
        private static readonly Operator _maskedFillInPlaceScalar = new("masked_fill_", "Scalar");
        private static readonly Operator _scatterSrc = new("scatter", "src");
        private static readonly Operator _scatterInPlaceSrc = new("scatter_", "src");
        private static readonly Operator _scatterAdd = new("scatter_add");
        private static readonly Operator _scatterAddInPlace = new("scatter_add_");
        private static readonly Operator _indexAdd = new("index_add");
        private static readonly Operator _indexAddInPlace = new("index_add_");
        private static readonly Operator _indexCopyInPlace = new("index_copy_");
        private static readonly Operator _nonzero = new("nonzero");
        private static readonly Operator _whereSelf = new("where", "self");
        private static readonly Operator _topk = new("topk");
        private static readonly Operator _sortStable = new("sort", "stable");
        private static readonly Operator _argsort = new("argsort");
        private static readonly Operator _multinomial = new("multinomial");

        public Tensor index_select(long dim, Tensor index) => _indexSelect.Call(this, dim, index);

        public Tensor gather(long dim, Tensor index) => _gather.Call(this, dim, index);

        public Tensor take(Tensor index) => _take.Call(this, index);

        public Tensor masked_fill(Tensor mask, Scalar value) => _maskedFillScalar.Call(this, mask, value);

        public Tensor masked_select(Tensor mask) => _maskedSelect.Call(this, mask);

        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            _maskedFillInPlaceScalar.Run(this, mask, value);
            return this;
        }

        public Tensor scatter(long dim, Tensor index, Tensor src) => _scatterSrc.Call(this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src)
        {
            _scatterInPlaceSrc.Run(this, dim, index, src);
            return this;
        }

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => _scatterAdd.Call(this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src)
        {
            _scatterAddInPlace.Run(this, dim, index, src);
            return this;
        }

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => _indexAdd.Call(this, dim, index, source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            _indexAddInPlace.Run(this, dim, index, source, alpha);
            return this;
        }

        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            _indexCopyInPlace.Run(this, dim, index, source);
            return this;
        }

        public Tensor nonzero() => _nonzero.Call(this);

        public Tensor where(Tensor condition, Tensor y)
        {
            if (condition.dtype != ScalarType.Bool) throw new ArgumentException("The condition to 'where' must be a boolean tensor.");
            return _whereSelf.Call(condition, this, y);
        }

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => _topk.CallPair(this, (long)k, (long)dim, largest, sorted);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => _sortStable.CallPair(this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => _argsort.Call(this, dim, descending);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => _multinomial.Call(this, num_samples, replacement, generator);
    }

    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);
    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);
    public static Tensor take(Tensor input, Tensor index) => input.take(index);
    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);
    public static Tensor nonzero(Tensor input) => input.nonzero();
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);
    public static (Tensor values, Tensor indices) topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) => tensor.topk(k, dim, largest, sorted);
    public static (Tensor values, Tensor indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) => input.sort(dim, descending, stable);
    public static Tensor argsort(Tensor input, long dim = -1, bool descending = false) => input.argsort(dim, descending);
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) => input.multinomial(num_samples, replacement, generator);
}
