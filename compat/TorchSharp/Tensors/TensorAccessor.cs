using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a CPU tensor in row-major order, whatever its strides. Keeps the tensor alive.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly T* _start;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _start = (T*)tensor.DataPointer();
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.numel();
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => _start[indices.Length == 1 ? Offset(Check(indices[0])) : Offset(indices)];
        set => _start[indices.Length == 1 ? Offset(Check(indices[0])) : Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        if (Count > 0) CopyTo(result.AsSpan());
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies as many elements as fit.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int count = Fit(array.Length - arrayIndex, tensorIndex);
        if (_contiguous) new ReadOnlySpan<T>(_start + tensorIndex, count).CopyTo(array[arrayIndex..]);
        else for (int i = 0; i < count; i++) array[arrayIndex + i] = _start[Offset(tensorIndex + i)];
        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    /// <summary>Copies as many elements as fit.</summary>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int count = Fit(array.Length - arrayIndex, tensorIndex);
        if (_contiguous) array.Slice(arrayIndex, count).CopyTo(new Span<T>(_start + tensorIndex, count));
        else for (int i = 0; i < count; i++) _start[Offset(tensorIndex + i)] = array[arrayIndex + i];
        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
    }

    private int Fit(long room, long first)
    {
        if (first < 0 || first >= Count) throw new ArgumentOutOfRangeException(nameof(first));
        return (int)Math.Min(room, Count - first);
    }

    private long Check(long index) => index >= 0 && index < Count ? index : throw new IndexOutOfRangeException($"{index} in a collection of {Count} elements.");

    private long Offset(long index)
    {
        if (_contiguous) return index;
        long offset = 0;
        for (int i = _shape.Length - 1; i >= 0; i--)
        {
            index = Math.DivRem(index, _shape[i], out long place);
            offset += place * _strides[i];
        }
        return offset;
    }

    private long Offset(long[] indices)
    {
        long offset = 0;
        for (int i = 0; i < _shape.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= _shape[i]) throw new IndexOutOfRangeException($"{indices[i]} >= {_shape[i]} in dimension {i}.");
            offset += indices[i] * _strides[i];
        }
        return offset;
    }
}
