using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MhcPipeline.Export.Verification;

/// <summary>
/// The cache of every layer's keys and values, [rows, kv_heads, capacity, head_dim] each. Bound as past and as present,
/// so that a step writes its keys into place and copies nothing.
/// </summary>
internal sealed unsafe class KeyValueCache : IDisposable
{
    private readonly List<(string Past, TensorElementType Type, long[] RowShape, long RowBytes, OrtValue Value)> _tensors = [];

    /// <summary>Makes the cache of a model, all zeros.</summary>
    public KeyValueCache(InferenceSession session, int rows, int capacity)
    {
        foreach ((string input, NodeMetadata metadata) in session.InputMetadata.Where(input => input.Key.StartsWith("past_key_values.", StringComparison.Ordinal)))
        {
            TensorElementType type = metadata.ElementDataType;
            long[] row = [1, metadata.Dimensions[1], capacity, metadata.Dimensions[3]];
            OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, [rows, .. row[1..]]);
            value.GetTensorMutableRawData().Clear();
            _tensors.Add((input, type, row, row[1] * row[2] * row[3] * (type == TensorElementType.Float ? sizeof(float) : sizeof(ushort)), value));
        }
    }

    /// <summary>Binds some neighbouring rows of every tensor as input and as output. The views that it makes are to be disposed after the run.</summary>
    public IReadOnlyList<OrtValue> Bind(OrtIoBinding binding, int firstRow, int rows)
    {
        var views = new List<OrtValue>();
        foreach ((string past, TensorElementType type, long[] rowShape, long rowBytes, OrtValue value) in _tensors)
        {
            // Allocated outside of the managed heap, so that the address stays.
            fixed (byte* start = value.GetTensorMutableRawData())
            {
                OrtValue view = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, [rows, .. rowShape[1..]], (nint)(start + (firstRow * rowBytes)), rows * rowBytes);
                views.Add(view);
                binding.BindInput(past, view);
                binding.BindOutput(past.Replace("past_key_values.", "present."), view);
            }
        }
        return views;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors)
            tensor.Value.Dispose();
    }
}
