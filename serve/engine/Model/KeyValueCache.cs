using System.Runtime.InteropServices;
using MhcPipeline.Core;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MhcPipeline.Engine.Model;

/// <summary>
/// Keys and values of every layer, [slots, kv_heads, max_context, head_dim], allocated once. Neighbouring slots are contiguous, so a tensor can
/// point at any range of them: bound as past and as present, the attention operator appends in place, and a step copies nothing.
/// </summary>
internal sealed unsafe class KeyValueCache : IDisposable
{
    private const int Alignment = 64; // a cache line, and the widest vector

    private readonly StepDevice? _device;
    private readonly nint[] _allocations;
    private readonly List<OrtValue> _views = [];
    private readonly TensorElementType _type;
    private readonly int _heads, _maxContext, _headDim, _elementSize;

    /// <summary>One head of one slot, in the memory that the cache is in: room for an exchange.</summary>
    private readonly nint _spare;

    public KeyValueCache(InferenceSession session, ModelConfig config, int slots, int maxContext, StepDevice? device)
    {
        _type = session.InputMetadata["past_key_values.0.key"].ElementDataType;
        _elementSize = _type switch
        {
            TensorElementType.Float => sizeof(float),
            TensorElementType.Float16 or TensorElementType.BFloat16 => sizeof(ushort),
            _ => throw new PipelineException($"The graph's key-value cache is of {_type}; the engine knows Float, Float16 and BFloat16. Export the run again with `make export`."),
        };
        _heads = config.NumKeyValueHeads;
        _maxContext = maxContext;
        _headDim = config.HeadDim;
        _device = device;
        _allocations = new nint[2 * config.NumHiddenLayers];
        for (int i = 0; i < _allocations.Length; i++)
        {
            _allocations[i] = Allocate(slots * SlotBytes);
        }
        _spare = Allocate(HeadBytes);
    }

    private long HeadBytes => (long)_maxContext * _headDim * _elementSize;

    private long SlotBytes => _heads * HeadBytes;

    /// <summary>Binds neighbouring slots as past and as present of every layer.</summary>
    public void Bind(OrtIoBinding binding, int firstSlot, int slots)
    {
        long[] shape = [slots, _heads, _maxContext, _headDim];
        for (int i = 0; i < _allocations.Length; i++)
        {
            string kind = i % 2 == 0 ? "key" : "value";
            OrtValue view = OrtValue.CreateTensorValueWithData(_device?.Info ?? OrtMemoryInfo.DefaultInstance, _type, shape, Head(i, firstSlot, 0), slots * SlotBytes);
            _views.Add(view);
            binding.BindInput($"past_key_values.{i / 2}.{kind}", view);
            binding.BindOutput($"present.{i / 2}.{kind}", view);
        }
    }

    /// <summary>Copies a slot's first tokens over those of another slot.</summary>
    public void Copy(int from, int to, int tokens)
    {
        long bytes = (long)tokens * _headDim * _elementSize;
        for (int i = 0; i < _allocations.Length; i++)
        {
            for (int head = 0; head < _heads; head++)
            {
                Move(Head(i, from, head), Head(i, to, head), bytes);
            }
        }
        _device?.Memory.Wait();
    }

    /// <summary>Exchanges the first tokens of two slots.</summary>
    public void Swap(int first, int second, int tokens)
    {
        long bytes = (long)tokens * _headDim * _elementSize;
        for (int i = 0; i < _allocations.Length; i++)
        {
            for (int head = 0; head < _heads; head++)
            {
                nint a = Head(i, first, head), b = Head(i, second, head);
                Move(a, _spare, bytes);
                Move(b, a, bytes);
                Move(_spare, b, bytes);
            }
        }
        _device?.Memory.Wait();
    }

    public void Dispose()
    {
        _views.ForEach(view => view.Dispose());
        foreach (nint allocation in _allocations.Append(_spare))
        {
            Free(allocation);
        }
    }

    private nint Head(int buffer, int slot, int head) => Aligned(_allocations[buffer]) + (nint)((slot * SlotBytes) + (head * HeadBytes));

    /// <summary>Zeroed: what lies behind a sequence is never read, but must not be able to be NaN either. The system gives pages of the CPU's only once they are written.</summary>
    private nint Allocate(long bytes)
    {
        if (_device is null)
        {
            return (nint)NativeMemory.AllocZeroed((nuint)(bytes + Alignment));
        }
        try
        {
            nint address = _device.Memory.Allocate(bytes + Alignment);
            _device.Memory.Fill(address, 0, bytes + Alignment);
            return address;
        }
        catch (PipelineException e)
        {
            throw new PipelineException($"The key-value cache cannot be had: {e.Message} If memory is short, serve with fewer slots or a shorter context.", e);
        }
    }

    private void Free(nint allocation)
    {
        if (_device is null)
        {
            NativeMemory.Free((void*)allocation);
        }
        else
        {
            _device.Memory.Free(allocation);
        }
    }

    private void Move(nint from, nint to, long bytes)
    {
        if (_device is null)
        {
            Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
        }
        else
        {
            _device.Memory.Copy(to, from, bytes);
        }
    }

    private static nint Aligned(nint address) => (address + Alignment - 1) & -Alignment;
}
