using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>
/// The buffers of a case, those that kernels work in included: each of exact length, and placed as asked. What a kernel has to write holds zeros in
/// ordinary memory and NaN in the others, so that a number left out, or read before it is there, shows as a difference.
/// </summary>
/// <param name="placement">Where the buffers lie.</param>
/// <param name="onStep">Told what is about to be called.</param>
internal sealed unsafe class CaseMemory(Placement placement, Action<string> onStep) : IDisposable
{
    private const int Smallest = 1 << 16;

    private static readonly float[] _numbers = KernelNumbers.Normal(99_991, seed: 1);

    private readonly List<(GuardedMemory Memory, int Capacity)> _regions = [];
    private readonly List<(string Name, nint Start, int Count)> _taken = [];
    private int _next;
    private int _number;

    /// <summary>Makes room for a case: no buffer of the one before is used any more.</summary>
    public void Begin()
    {
        (_next, _number) = (0, 0);
        _taken.Clear();
        Scratch.Lender = null;
    }

    /// <summary>A call is about to follow. Kernels' own memory is taken anew, so that it has the length of this call.</summary>
    public void Step(string name)
    {
        onStep(name);
        Scratch.Lender = count => (nint)Filled(Place(count), count);
    }

    /// <summary>A buffer of random numbers, the same in every placement.</summary>
    public float* Given(string name, int count, float deviation = 1)
    {
        float* start = Take(name, count);
        for (int i = 0; i < count; i++)
        {
            start[i] = deviation * _numbers[_number];
            _number = _number + 1 == _numbers.Length ? 0 : _number + 1;
        }
        return start;
    }

    /// <summary>A buffer that kernels are to write, every number of it.</summary>
    public float* Written(string name, int count) => Filled(Take(name, count), count);

    /// <summary>A buffer of whole numbers.</summary>
    public long* Given(string name, ReadOnlySpan<long> values)
    {
        float* start = Take(name, 2 * values.Length);
        MemoryMarshal.Cast<long, float>(values).CopyTo(new Span<float>(start, 2 * values.Length));
        return (long*)start;
    }

    /// <summary>Where this memory's buffers are not, bit by bit, what others hold that the same case ran in; null when all are. Those that kernels work in do not count.</summary>
    public string? Difference(CaseMemory ordinary)
    {
        for (int i = 0; i < _taken.Count; i++)
        {
            (string name, nint start, int count) = _taken[i];
            ReadOnlySpan<int> actual = new((void*)start, count), expected = new((void*)ordinary._taken[i].Start, count);
            int same = actual.CommonPrefixLength(expected);
            if (same < count)
                return $"{name} has {BitConverter.Int32BitsToSingle(actual[same])} at {same}, where ordinary memory gives {BitConverter.Int32BitsToSingle(expected[same])}";
        }
        return null;
    }

    public void Dispose()
    {
        Scratch.Lender = null;
        foreach ((GuardedMemory memory, _) in _regions)
            memory.Dispose();
    }

    private float* Take(string name, int count)
    {
        float* start = Place(count);
        _taken.Add((name, (nint)start, count));
        return start;
    }

    private float* Place(int count)
    {
        if (_next == _regions.Count)
            _regions.Add(default);
        int room = placement == Placement.Ordinary ? 1024 : 0;
        if (_regions[_next].Memory is null || _regions[_next].Capacity < count + (2 * room))
        {
            _regions[_next].Memory?.Dispose();
            int capacity = Math.Max(Smallest, count + (2 * room));
            _regions[_next] = (new GuardedMemory(capacity), capacity);
        }
        GuardedMemory memory = _regions[_next++].Memory;
        return placement == Placement.Ending ? memory.End - count : memory.Start + room;
    }

    private float* Filled(float* start, int count)
    {
        new Span<float>(start, count).Fill(placement == Placement.Ordinary ? 0 : float.NaN);
        return start;
    }
}
