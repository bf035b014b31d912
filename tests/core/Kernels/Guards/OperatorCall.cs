using System.Runtime.InteropServices;
using MhcPipeline.Core.Operators;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>
/// One call of an operator by what stands in for ONNX Runtime: as much of its table of functions (onnxruntime_c_api.h, struct OrtApi) as
/// <see cref="OrtApi"/> uses for it, with the inputs and outputs in a case's buffers.
/// </summary>
internal sealed unsafe class OperatorCall : IDisposable
{
    private const int Functions = 415;

    [ThreadStatic]
    private static OperatorCall? _current;

    private readonly CaseMemory _memory;
    private readonly string _connection;
    private readonly int _streams;
    private readonly void** _table = (void**)NativeMemory.AllocZeroed(Functions, (nuint)sizeof(void*));
    private readonly List<(nint Data, nint Dimensions, int Rank)> _values = []; // an OrtValue is a place in it, from 1 on
    private int _inputs;

    public OperatorCall(CaseMemory memory, string connection, int streams)
    {
        (_memory, _connection, _streams, _current) = (memory, connection, streams, this);
        _table[51] = (delegate* unmanaged<nint, void**, nint>)&Data;
        _table[85] = (delegate* unmanaged<nint, byte*, float*, nint>)&AttributeFloat;
        _table[86] = (delegate* unmanaged<nint, byte*, long*, nint>)&AttributeInt;
        _table[87] = (delegate* unmanaged<nint, byte*, byte*, nuint*, nint>)&AttributeString;
        _table[88] = (delegate* unmanaged<nint, nuint*, nint>)&InputCount;
        _table[90] = (delegate* unmanaged<nint, nuint, nint*, nint>)&Input;
        _table[91] = (delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)&Output;
        _table[274] = (delegate* unmanaged<nint, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, nint>)&ParallelFor;
        _table[414] = (delegate* unmanaged<nint, int*, long**, nuint*, nint>)&Shape;
    }

    /// <summary>The next input.</summary>
    public void Give(string name, params ReadOnlySpan<long> shape)
    {
        Add((nint)_memory.Given(name, Count(shape), name == "fn" ? 0.3f : 1), shape);
        _inputs++;
    }

    /// <summary>Makes the operator and calls it.</summary>
    public void Run(MixingOperatorKind node)
    {
        var api = new OrtApi(_table);
        new MixingOperator(new MixingNode(api, info: 1, node)).Compute(api, context: 1);
    }

    public override string ToString() => $"call with {_inputs} inputs";

    public void Dispose()
    {
        foreach ((_, nint dimensions, _) in _values)
            NativeMemory.Free((void*)dimensions);
        NativeMemory.Free(_table);
    }

    private static int Count(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long size in shape)
            count *= size;
        return (int)count;
    }

    private void Add(nint data, ReadOnlySpan<long> shape)
    {
        var dimensions = (long*)NativeMemory.Alloc((nuint)shape.Length, sizeof(long));
        shape.CopyTo(new Span<long>(dimensions, shape.Length));
        _values.Add((data, (nint)dimensions, shape.Length));
    }

    [UnmanagedCallersOnly]
    private static nint Data(nint value, void** data)
    {
        *data = (void*)_current!._values[(int)value - 1].Data;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint AttributeFloat(nint info, byte* name, float* value)
    {
        *value = 1e-6f;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint AttributeInt(nint info, byte* name, long* value)
    {
        *value = Marshal.PtrToStringUTF8((nint)name) == "streams" ? _current!._streams : 2;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint AttributeString(nint info, byte* name, byte* value, nuint* size)
    {
        string text = _current!._connection + "\0";
        *size = (nuint)text.Length;
        if (value != null)
            System.Text.Encoding.UTF8.GetBytes(text, new Span<byte>(value, text.Length));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint InputCount(nint context, nuint* count)
    {
        *count = (nuint)_current!._inputs;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint Input(nint context, nuint index, nint* value)
    {
        *value = (nint)index + 1;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint Output(nint context, nuint index, long* dimensions, nuint rank, nint* value)
    {
        var shape = new ReadOnlySpan<long>(dimensions, (int)rank);
        _current!.Add((nint)_current._memory.Written($"output {index}", Count(shape)), shape);
        *value = _current._values.Count;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint ParallelFor(nint context, delegate* unmanaged<void*, nuint, void> function, nuint count, nuint batches, void* data)
    {
        for (nuint i = count; i > 0; i--) // in any order
            function(data, i - 1);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint Shape(nint value, int* type, long** dimensions, nuint* count)
    {
        (_, nint start, int rank) = _current!._values[(int)value - 1];
        *type = 1; // float
        *dimensions = (long*)start;
        *count = (nuint)rank;
        return 0;
    }
}
