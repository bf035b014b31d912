namespace MhcPipeline.Engine;

/// <summary>How an <see cref="InferenceEngine"/> uses the machine it runs on.</summary>
public sealed record EngineOptions
{
    /// <summary>Threads of one operator. 0 leaves the choice to ONNX Runtime: one a physical core.</summary>
    public int Threads { get; init; }

    /// <summary>Sequences that generate side by side, each with a key-value cache of its own.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Requests that may wait for a slot; one more is refused with <see cref="EngineBusyException"/>.</summary>
    public int MaxQueue { get; init; } = 64;

    /// <summary>
    /// Tokens of prompt and answer together. 0 takes the model's <c>max_position_embeddings</c>; a larger value than that is an error.
    /// Memory of the cache: 2 * layers * kv_heads * head_dim * 4 bytes a token and slot.
    /// </summary>
    public int MaxContext { get; init; }

    /// <summary>Runs the model on an NVIDIA GPU. Needs the GPU build of ONNX Runtime.</summary>
    public bool UseCuda { get; init; }

    /// <summary>Which GPU, where <see cref="UseCuda"/> is set.</summary>
    public int CudaDevice { get; init; }
}
