using MhcPipeline.Core;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MhcPipeline.Engine.Model;

/// <summary>
/// Keys and values of every layer, [slots, kv_heads, max_context, head_dim] of the type that the graph takes (float32, or float16), allocated once. A slot's part is contiguous, so a tensor
/// can point at it: bound as past and as present, the attention operator appends in place and nothing is ever copied.
/// </summary>
internal sealed unsafe class KeyValueCache : IDisposable
{
    private readonly OrtMemoryInfo _memory;
    private readonly OrtAllocator _allocator;
    private readonly List<OrtValue> _buffers = [];
    private readonly List<OrtValue> _views = [];
    private readonly ModelConfig _config;
    private readonly int _maxContext;
    private readonly TensorElementType _type;

    public KeyValueCache(InferenceSession session, ModelConfig config, int slots, int maxContext, int? cudaDevice)
    {
        _config = config;
        _maxContext = maxContext;
        _type = session.InputMetadata["past_key_values.0.key"].ElementDataType;
        _memory = cudaDevice is { } device
            ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, device, OrtMemType.Default)
            : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        _allocator = new OrtAllocator(session, _memory);
        long[] shape = [slots, config.NumKeyValueHeads, maxContext, config.HeadDim];
        for (int i = 0; i < 2 * config.NumHiddenLayers; i++)
        {
            OrtValue buffer = OrtValue.CreateAllocatedTensorValue(_allocator, _type, shape);
            _buffers.Add(buffer);
            if (cudaDevice is null)
            {
                buffer.GetTensorMutableRawData().Clear();
            }
        }
    }

    /// <summary>Binds one slot as past and as present of every layer.</summary>
    public void Bind(OrtIoBinding binding, int slot)
    {
        long[] shape = [1, _config.NumKeyValueHeads, _maxContext, _config.HeadDim];
        long bytes = (_type == TensorElementType.Float16 ? 2L : 4L) * _config.NumKeyValueHeads * _maxContext * _config.HeadDim;
        for (int i = 0; i < _buffers.Count; i++)
        {
            string kind = i % 2 == 0 ? "key" : "value";
            // Only the address is taken: the memory may be a GPU's.
            fixed (byte* start = _buffers[i].GetTensorMutableRawData())
            {
                OrtValue view = OrtValue.CreateTensorValueWithData(_memory, _type, shape, (nint)(start + (slot * bytes)), bytes);
                _views.Add(view);
                binding.BindInput($"past_key_values.{i / 2}.{kind}", view);
                binding.BindOutput($"present.{i / 2}.{kind}", view);
            }
        }
    }

    public void Dispose()
    {
        _views.ForEach(view => view.Dispose());
        _buffers.ForEach(buffer => buffer.Dispose());
        _allocator.Dispose();
        _memory.Dispose();
    }
}
