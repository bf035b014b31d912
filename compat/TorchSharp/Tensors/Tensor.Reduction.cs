using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator _sum = new("sum");
        private static readonly Operator _sumDimIntList = new("sum", "dim_IntList");
        private static readonly Operator _mean = new("mean");
        private static readonly Operator _meanDim = new("mean", "dim");
        private static readonly Operator _prod = new("prod");
        private static readonly Operator _max = new("max");
        private static readonly Operator _maxDim = new("max", "dim");
        private static readonly Operator _amax = new("amax");
        private static readonly Operator _argmax = new("argmax");
        private static readonly Operator _min = new("min");
        private static readonly Operator _minDim = new("min", "dim");
        private static readonly Operator _amin = new("amin");
        private static readonly Operator _argmin = new("argmin");
        private static readonly Operator _all = new("all");
        private static readonly Operator _allDim = new("all", "dim");
        private static readonly Operator _any = new("any");
        private static readonly Operator _anyDim = new("any", "dim");
        private static readonly Operator _normScalar = new("norm", "Scalar");
        private static readonly Operator _normScalarOptDim = new("norm", "ScalarOpt_dim");
        private static readonly Operator _std = new("std");
        private static readonly Operator _stdDim = new("std", "dim");
        private static readonly Operator _var = new("var");
        private static readonly Operator _varDim = new("var", "dim");
        private static readonly Operator _logsumexp = new("logsumexp");
        private static readonly Operator _cumsum = new("cumsum");
        private static readonly Operator _softmaxInt = new("softmax", "int");
        private static readonly Operator _logSoftmaxInt = new("log_softmax", "int");

        public Tensor sum(ScalarType? type = null) => _sum.Call(this, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => _sumDimIntList.Call(this, dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1, dim2], keepdim, type);

        public Tensor mean() => _mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => _meanDim.Call(this, dimensions, keepdim, type);

        public Tensor prod(ScalarType? type = null) => _prod.Call(this, type);

        public Tensor max() => _max.Call(this);

        public Tensor max(Tensor other) => maximum(other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => _maxDim.CallPair(this, dim, keepdim);

        public Tensor amax(params long[] dims) => _amax.Call(this, dims);

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => Into(_amax.Call(this, dims, keepdim), @out);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amax(dims.ToArray(), keepdim, @out);

        public Tensor argmax() => _argmax.Call(this);

        public Tensor argmax(long dim, bool keepdim = false) => _argmax.Call(this, dim, keepdim);

        public Tensor min() => _min.Call(this);

        public Tensor min(Tensor other) => minimum(other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => _minDim.CallPair(this, dim, keepdim);

        public Tensor amin(params long[] dims) => _amin.Call(this, dims);

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => Into(_amin.Call(this, dims, keepdim), @out);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amin(dims.ToArray(), keepdim, @out);

        public Tensor argmin() => _argmin.Call(this);

        public Tensor argmin(long dim, bool keepdim = false) => _argmin.Call(this, dim, keepdim);

        // The result itself, or what was given to hold it.
        private static Tensor Into(Tensor result, Tensor? @out)
        {
            if (@out is null) return result;
            using (result) return @out.copy_(result);
        }

        public Tensor all() => _all.Call(this);

        public Tensor all(long dim, bool keepdim = false) => _allDim.Call(this, dim, keepdim);

        public Tensor any() => _any.Call(this);

        public Tensor any(long dim, bool keepdim = false) => _anyDim.Call(this, dim, keepdim);

        public Tensor norm(float p = 2.0f) => _normScalar.Call(this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => _normScalarOptDim.Call(this, (double)p, new[] { (long)dim }, keepdim);

        public Tensor std(bool unbiased = true) => _std.Call(this, unbiased);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
        {
            var result = _stdDim.Call(this, dimensions, unbiased, keepdim);
            return type is { } other ? result.to_type(other, disposeAfter: true) : result;
        }

        public Tensor var(bool unbiased = true) => _var.Call(this, unbiased);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
        {
            var result = _varDim.Call(this, dimensions, unbiased, keepdim);
            return type is { } other ? result.to_type(other, disposeAfter: true) : result;
        }

        public Tensor logsumexp(long dim, bool keepdim = false) => _logsumexp.Call(this, new[] { dim }, keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => _cumsum.Call(this, dim, type);

        public Tensor softmax(long dim, ScalarType? dtype = null) => _softmaxInt.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => _logSoftmaxInt.Call(this, dim, dtype);
    }

    public static Tensor sum(Tensor input, ScalarType? type = null) => input.sum(type);
    public static Tensor sum(Tensor input, ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => input.sum(dim, keepdim, type);
    public static Tensor sum(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) => input.sum(dim, keepdim, type);
    public static Tensor mean(Tensor input) => input.mean();
    public static Tensor mean(Tensor input, long[] dimensions, bool keepdim = false, ScalarType? type = null) => input.mean(dimensions, keepdim, type);
    public static Tensor max(Tensor input) => input.max();
    public static Tensor max(Tensor input, Tensor other) => maximum(input, other);
    public static (Tensor values, Tensor indexes) max(Tensor input, long dim, bool keepdim = false) => input.max(dim, keepdim);
    public static Tensor amax(Tensor input, long[] dims, bool keepdim = false, Tensor? @out = null) => input.amax(dims, keepdim, @out);
    public static Tensor argmax(Tensor input) => input.argmax();
    public static Tensor argmax(Tensor input, long dim, bool keepdim = false) => input.argmax(dim, keepdim);
    public static Tensor min(Tensor input) => input.min();
    public static Tensor min(Tensor input, Tensor other) => minimum(input, other);
    public static (Tensor values, Tensor indexes) min(Tensor input, long dim, bool keepdim = false) => input.min(dim, keepdim);
    public static Tensor amin(Tensor input, long[] dims, bool keepdim = false, Tensor? @out = null) => input.amin(dims, keepdim, @out);
    public static Tensor argmin(Tensor input) => input.argmin();
    public static Tensor argmin(Tensor input, long dim, bool keepdim = false) => input.argmin(dim, keepdim);
    public static Tensor all(Tensor input) => input.all();
    public static Tensor all(Tensor input, long dim, bool keepdim = false) => input.all(dim, keepdim);
    public static Tensor any(Tensor input) => input.any();
    public static Tensor any(Tensor input, long dim, bool keepdim = false) => input.any(dim, keepdim);
    public static Tensor norm(Tensor input, float p = 2.0f) => input.norm(p);
    public static Tensor norm(Tensor input, int dimension, bool keepdim = false, float p = 2.0f) => input.norm(dimension, keepdim, p);
    public static Tensor std(Tensor input, bool unbiased = true) => input.std(unbiased);
    public static Tensor var(Tensor input, bool unbiased = true) => input.var(unbiased);
    public static Tensor logsumexp(Tensor input, long dim, bool keepdim = false) => input.logsumexp(dim, keepdim);
    public static Tensor cumsum(Tensor input, long dim, ScalarType? type = null) => input.cumsum(dim, type);
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);
}
