using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Export.Verification;

/// <summary>
/// The cache of every layer's keys and values, [batch, kv_heads, capacity, head_dim] each. Bound as past and as present,
/// so that a step writes its keys into place and copies nothing.
/// </summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly List<(string Past, string Present, OrtValue Value)> _tensors = [];

    public KeyValueCache(InferenceSession session, int batch, int capacity)
    {
        foreach ((string input, NodeMetadata metadata) in session.InputMetadata.Where(input => input.Key.StartsWith("past_key_values.", StringComparison.Ordinal)))
        {
            long[] shape = [batch, metadata.Dimensions[1], capacity, metadata.Dimensions[3]];
            var memory = new float[shape.Aggregate(1L, (product, dimension) => product * dimension)];
            _tensors.Add((input, input.Replace("past_key_values.", "present."), OrtValue.CreateTensorValueFromMemory(memory, shape)));
        }
    }

    /// <summary>Binds every tensor as input and as output.</summary>
    public void Bind(OrtIoBinding binding)
    {
        foreach ((string past, string present, OrtValue value) in _tensors)
        {
            binding.BindInput(past, value);
            binding.BindOutput(present, value);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, _, OrtValue value) in _tensors)
            value.Dispose();
    }
}
