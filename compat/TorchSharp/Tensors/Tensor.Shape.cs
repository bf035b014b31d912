using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _view = new("view");
        private static readonly Operator _reshape = new("reshape");
        private static readonly Operator _contiguous = new("contiguous");
        private static readonly Operator _unsqueeze = new("unsqueeze");
        private static readonly Operator _squeeze = new("squeeze");
        private static readonly Operator _squeezeDim = new("squeeze", "dim");
        private static readonly Operator _expand = new("expand");
        private static readonly Operator _broadcastTo = new("broadcast_to");
        private static readonly Operator _repeat = new("repeat");
        private static readonly Operator _repeatInterleaveSelfInt = new("repeat_interleave", "self_int");
        private static readonly Operator _transposeInt = new("transpose", "int");
        private static readonly Operator _permute = new("permute");
        private static readonly Operator _t = new("t");
        private static readonly Operator _flattenUsingInts = new("flatten", "using_ints");
        private static readonly Operator _unflattenInt = new("unflatten", "int");
        private static readonly Operator _narrow = new("narrow");
        private static readonly Operator _sliceTensor = new("slice", "Tensor");
        private static readonly Operator _selectInt = new("select", "int");
        private static readonly Operator _alias = new("alias");
        private static readonly Operator _asStrided = new("as_strided");
        private static readonly Operator _flip = new("flip");
        private static readonly Operator _roll = new("roll");
        private static readonly Operator _chunk = new("chunk");
        private static readonly Operator _unbindInt = new("unbind", "int");
        private static readonly Operator _splitTensor = new("split", "Tensor");
        private static readonly Operator _splitWithSizes = new("split_with_sizes");
        private static readonly Operator _tril = new("tril");
        private static readonly Operator _triu = new("triu");

        public Tensor view(params long[] shape) => _view.Call(this, shape);

        public Tensor reshape(params long[] shape) => _reshape.Call(this, shape);

        public Tensor contiguous() => _contiguous.Call(this);

        public Tensor unsqueeze(long dim) => _unsqueeze.Call(this, dim);

        public Tensor squeeze(long? dim = null) => dim is { } one ? _squeezeDim.Call(this, one) : _squeeze.Call(this);

        public Tensor expand(params long[] sizes) => _expand.Call(this, sizes);

        public Tensor expand(long[] sizes, bool isImplicit = false) => _expand.Call(this, sizes, isImplicit);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => _expand.Call(this, sizes.ToArray(), isImplicit);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor broadcast_to(params long[] shape) => _broadcastTo.Call(this, shape);

        public Tensor repeat(params long[] sizes) => _repeat.Call(this, sizes);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => _repeatInterleaveSelfInt.Call(this, repeats, dim, output_size);

        public Tensor transpose(long dim0, long dim1) => _transposeInt.Call(this, dim0, dim1);

        public Tensor permute(params long[] permutation) => _permute.Call(this, permutation);

        public Tensor t() => _t.Call(this);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => _flattenUsingInts.Call(this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes) => _unflattenInt.Call(this, dim, sizes);

        public Tensor narrow(long dim, long start, long length) => _narrow.Call(this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => _sliceTensor.Call(this, dim, start, finish, step);

        public Tensor select(long dim, long index) => _selectInt.Call(this, dim, index);

        public Tensor alias() => _alias.Call(this);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) => _asStrided.Call(this, size, strides, storageOffset);

        public Tensor flip(params long[] dims) => _flip.Call(this, dims);

        public Tensor roll(long[] shifts, long[] dims) => _roll.Call(this, shifts, dims);

        public Tensor[] chunk(long chunks, long dim = 0L) => _chunk.CallList(this, chunks, dim);

        public Tensor[] unbind(long dimension = 0L) => _unbindInt.CallList(this, dimension);

        public Tensor[] split(long size, int dim = 0) => _splitTensor.CallList(this, size, (long)dim);

        public Tensor[] split(long[] sizes, long dim = 0) => _splitWithSizes.CallList(this, sizes, dim);

        public Tensor[] split(params long[] sizes) => _splitWithSizes.CallList(this, sizes);

        public Tensor tril(long diagonal = 0) => _tril.Call(this, diagonal);

        public Tensor triu(long diagonal = 0) => _triu.Call(this, diagonal);
    }

    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);
    public static Tensor unsqueeze(Tensor input, long dim) => input.unsqueeze(dim);
    public static Tensor broadcast_to(Tensor input, params long[] shape) => input.broadcast_to(shape);
    public static Tensor transpose(Tensor input, long dim0, long dim1) => input.transpose(dim0, dim1);
    public static Tensor permute(Tensor input, params long[] permutation) => input.permute(permutation);
    public static Tensor t(Tensor input) => input.t();
    public static Tensor flatten(Tensor input, long start_dim = 0, long end_dim = -1) => input.flatten(start_dim, end_dim);
    public static Tensor narrow(Tensor input, long dim, long start, long length) => input.narrow(dim, start, length);
    public static Tensor select(Tensor input, long dim, long index) => input.select(dim, index);
    public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);
    public static Tensor[] chunk(Tensor input, long chunks, long dim = 0) => input.chunk(chunks, dim);
    public static Tensor[] unbind(Tensor input, long dim = 0L) => input.unbind(dim);
    public static Tensor[] split(Tensor tensor, long[] split_size_or_sections, long dim = 0L) => tensor.split(split_size_or_sections, dim);
    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);
    public static Tensor triu(Tensor input, long diagonal = 0L) => input.triu(diagonal);
}
