using System.Runtime.CompilerServices;

namespace TorchSharp.Interop;

/// <summary>
/// An ATen operator, found by name and overload at its first call. Trailing arguments that are not given take the defaults
/// of the operator's schema. A call allocates nothing but the resulting <see cref="torch.Tensor"/>.
/// </summary>
internal sealed unsafe class Operator(string name, string overload = "")
{
    // Lists longer than this (a cat of many tensors) go through the heap rather than the stack.
    private const int StackWords = 256;

    private nint _handle;

    /// <summary>Whether this libtorch has the operator.</summary>
    public bool Exists => _handle != 0 || (_handle = Native.shim_operator_find("aten::" + name, overload)) != 0;

    /// <summary>Calls an operator that returns one tensor.</summary>
    public torch.Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        nint result;
        Invoke(arguments, &result, 1);
        return new torch.Tensor(result);
    }

    /// <summary>Calls an operator that returns two tensors.</summary>
    public (torch.Tensor, torch.Tensor) CallPair(params ReadOnlySpan<Argument> arguments)
    {
        nint* results = stackalloc nint[2];
        Invoke(arguments, results, 2);
        return (new torch.Tensor(results[0]), new torch.Tensor(results[1]));
    }

    /// <summary>Calls an operator that returns a list of tensors.</summary>
    public torch.Tensor[] CallList(params ReadOnlySpan<Argument> arguments)
    {
        nint first;
        int count = Invoke(arguments, &first, 1);
        var tensors = new torch.Tensor[count];
        nint* results = Native.shim_operator_results();
        for (int i = 0; i < count; i++) tensors[i] = new torch.Tensor(results[i]);
        return tensors;
    }

    /// <summary>Calls an operator for what it does in place; what it returns is dropped.</summary>
    public void Run(params ReadOnlySpan<Argument> arguments) => Invoke(arguments, null, 0);

    [SkipLocalsInit]
    private int Invoke(ReadOnlySpan<Argument> arguments, nint* outputs, int room)
    {
        int words = 0;
        foreach (ref readonly var argument in arguments) words += argument.ListWords;
        NativeValue* values = stackalloc NativeValue[arguments.Length];
        Span<long> lists = words <= StackWords ? stackalloc long[words] : new long[words];
        int count;
        fixed (long* start = lists)
        {
            long* next = start;
            for (int i = 0; i < arguments.Length; i++)
            {
                ref readonly var argument = ref arguments[i];
                values[i].Kind = argument.Kind;
                values[i].Count = argument.Count;
                int length = argument.ListWords;
                if (argument.Kind is ValueKind.IntList or ValueKind.TensorList or ValueKind.OptionalTensorList or ValueKind.String)
                {
                    argument.Write(next);
                    values[i].Bits = (long)next;
                    next += length;
                }
                else
                {
                    values[i].Bits = argument.Bits;
                }
            }
            count = Native.shim_operator_call(Find(), values, arguments.Length, outputs, room);
        }
        // The tensors must not be finalized while native code works on them.
        foreach (ref readonly var argument in arguments) GC.KeepAlive(argument.Owner);
        return count >= 0 ? count : throw Native.LastError();
    }

    private nint Find() => Exists ? _handle : throw Native.LastError();
}
