namespace MhcPipeline.Engine.Contract;

/// <summary>How an <see cref="InferenceEngine"/> uses the machine it runs on.</summary>
public sealed record EngineOptions
{
    /// <summary>Threads of one operator. 0 is one a physical core, or one alone where the model is so small that a second would only be waited for.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Sequences that generate side by side, each with a key-value cache of its own; one that ended keeps its cache until another needs the slot.
    /// </summary>
    public int Slots { get; init; } = 8;

    /// <summary>Requests that may wait for a slot; one more is refused with <see cref="EngineBusyException"/>.</summary>
    public int MaxQueue { get; init; } = 64;

    /// <summary>
    /// Tokens of prompt and answer together. 0 takes the model's <c>max_position_embeddings</c>; a larger value than that is an error.
    /// Memory of the cache: 2 * layers * kv_heads * head_dim * 4 bytes a token and slot (2 in graphs of 16 bits), on the CPU only for tokens that there were.
    /// </summary>
    public int MaxContext { get; init; }

    /// <summary>
    /// Most prompt tokens that are read between two decode steps, 1 to 4096: with fewer, running texts flow more evenly; with more, prompts are read faster.
    /// </summary>
    public int PrefillChunk { get; init; } = 128;

    /// <summary>
    /// A prompt that begins like a text in one of the slots takes over keys and values of the tokens that both have, instead of computing them.
    /// </summary>
    public bool PrefixCache { get; init; } = true;

    /// <summary>
    /// Where set, ONNX Runtime measures every operator and writes a file of this name with the date and .json behind it when the engine is disposed of
    /// (Chrome's trace format; up to a million operators).
    /// </summary>
    public string? Profile { get; init; }

    /// <summary>Runs the model on an NVIDIA GPU. Needs the GPU build of ONNX Runtime.</summary>
    public bool UseCuda { get; init; }

    /// <summary>Which GPU, where <see cref="UseCuda"/> is set.</summary>
    public int CudaDevice { get; init; }

    /// <summary>
    /// On a GPU, starts a decode step as one CUDA graph instead of operator by operator, where ONNX Runtime can make one of the model;
    /// <see cref="Notice"/> says if it cannot.
    /// </summary>
    public bool CudaGraph { get; init; } = true;

    /// <summary>Takes a line about something that the engine does without; standard error unless given.</summary>
    public Action<string> Notice { get; init; } = Console.Error.WriteLine;
}
