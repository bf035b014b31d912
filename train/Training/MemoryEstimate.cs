using System.Globalization;
using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Presets;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Parameters;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>The memory that training on the host takes at its peak, reckoned from shapes before any of it is taken.</summary>
/// <remarks>
/// T tokens a replica, L layers, C wide, n streams, H query and K key-value heads D wide, an MLP I wide, V tokens of vocabulary.
/// </remarks>
internal sealed class MemoryEstimate
{
    /// <summary>The runtime, libtorch and tokenised data: what a run of a few numbers takes.</summary>
    private const double Program = 250e6;

    /// <summary>
    /// What the heap takes for tensors of a step over their sum: blocks of many sizes leave holes, and replicas take and free them in an order of
    /// chance. Measured (VmHWM) at three sizes, from 2 layers x 64 to 6 x 384, with one stream and with four: 2.1 to 3.7.
    /// </summary>
    private const double Heap = 2.9;

    /// <summary>The same of tensor operations in bf16, whose tensors are many and small. Measured after 200 and more steps at 2 layers x 64 with four streams: 640 to 690 MB in all.</summary>
    private const double NarrowHeap = 7;

    private MemoryEstimate(IReadOnlyList<MemoryPart> parts) => (Parts, Total) = (parts, parts.Sum(part => part.Bytes));

    /// <summary>The shares, the largest first.</summary>
    public IReadOnlyList<MemoryPart> Parts { get; }

    /// <summary>Their sum, in bytes.</summary>
    public double Total { get; }

    /// <summary>Memory that this process may have, in bytes: the machine's, or what a container is limited to.</summary>
    public static double Available
    {
        get
        {
            GCMemoryInfo memory = GC.GetGCMemoryInfo();
            // In a container the first is the collector's own limit, three quarters of the container's; the second is nine tenths of that.
            return Math.Max(memory.TotalAvailableMemoryBytes, memory.HighMemoryLoadThresholdBytes);
        }
    }

    /// <summary>Reckons.</summary>
    /// <param name="config">The model.</param>
    /// <param name="settings">How it is trained.</param>
    /// <param name="replicas">Threads that compute, each with gradients and activations of its own.</param>
    /// <param name="precision">What activations are: float32, by kernels, or bf16, by tensor operations, which keep more of them.</param>
    /// <exception cref="PipelineException">One tensor would be larger than what a checkpoint or an array holds.</exception>
    public static MemoryEstimate Of(ModelConfig config, TrainingSettings settings, int replicas, ScalarType precision = ScalarType.Float32)
    {
        ParameterSpec[] specs = [.. ModelParameters.Of(config)];
        const double Number = sizeof(float);
        double parameters = Number * specs.Sum(spec => (double)spec.Count), moments = (settings.Optimizer == "muon" ? 3 : 2) * parameters;
        double rotary = (double)config.MaxPositionEmbeddings * config.HeadDim;
        if (specs.MaxBy(spec => spec.Count) is { } largest && largest.Count * Number > Array.MaxLength)
            throw new PipelineException($"The tensor {largest.Name} [{string.Join(", ", largest.Shape)}] would take {Size(largest.Count * Number)}, and one tensor of a checkpoint holds at most 2.1 GB. Lower {(largest.Name.Contains("layers", StringComparison.Ordinal) ? "model.hidden_size or model.intermediate_size" : "tokenizer.vocab_size or model.hidden_size")}.");
        if (rotary > Array.MaxLength)
            throw new PipelineException($"model.max_position_embeddings is {config.MaxPositionEmbeddings}: with heads {config.HeadDim} wide the table of angles holds at most {Array.MaxLength / config.HeadDim} positions.");

        double threads = Math.Min(replicas, settings.BatchSize), tokens = Math.Ceiling(settings.BatchSize / threads) * settings.BlockSize;
        double c = config.HiddenSize, i = config.IntermediateSize, v = config.VocabSize, layers = config.NumHiddenLayers;
        double query = (double)config.NumAttentionHeads * config.HeadDim, packed = query + (2.0 * config.NumKeyValueHeads * config.HeadDim);
        bool narrow = precision == ScalarType.BFloat16;
        double Step(double numbers) => (narrow ? NarrowHeap : Heap) * Number * threads * numbers;

        // What a sublayer keeps, with its input and output [T,C]; and what the backward pass of the widest has at once.
        // Attention by tensor operations keeps the normed input, every head's keys and values and its result twice as well.
        double attention = (2 * c) + packed + query, mlp = (2 * c) + (2 * i);
        double kept = narrow ? (attention + mlp + c + (4 * query)) / 2 : attention + mlp;
        double activations = tokens * ((layers * kept) + (8 * c) + Math.Max(packed + query, 4 * i));
        double streams = tokens * (narrow ? ComposedStreams(config) : Streams(config, settings));
        double chunk = narrow ? 3 * VocabularyLossFunction.ChunkRows(ComposedSublayers.Instance, tokens, v) : VocabularyLossFunction.ChunkRows(HostSublayers.Instance, tokens, v);
        // The collector comes late: the best and the last checkpoint, the best read again and the weights at the end stand beside one another.
        return new(
        [
            .. new MemoryPart[]
            {
                new("weights", parameters, Shape(specs)),
                new("gradients", threads * parameters, Shape(specs)),
                new("optimizer moments", moments, Shape(specs)),
                new("copies for checkpoints", (4 * parameters) + moments, Shape(specs)),
                new("activations", Step(activations), "training.batch_size, training.block_size"),
                new("streams", Step(streams), settings.Recompute ? "training.batch_size, training.block_size, model.hc_mult" : "training.batch_size, training.block_size (or set training.recompute)"),
                new("weights in bf16", narrow ? Step(parameters / 2 / Number) : 0, Shape(specs)),
                new("logits", Step((chunk * v) + (3 * v * c)), "tokenizer.vocab_size"),
                new("rotary tables", 2 * Number * (replicas + 1) * rotary, "model.max_position_embeddings"),
                new("program", Program, ""),
            }.OrderByDescending(part => part.Bytes),
        ]);
    }

    /// <summary>
    /// The same by tensor operations on bf16: a site keeps its streams as they are, twice in float32, and every division of Sinkhorn-Knopp; on the way back two
    /// more streams are there.
    /// </summary>
    private static double ComposedStreams(ModelConfig config)
    {
        if (ConnectionRegistry.Find(config.Connection).Map?.Invoke(config.MixingConstants()) is not { } map)
            return 0;
        double sites = 2.0 * config.NumHiddenLayers, n = config.HcMult, wide = n * config.HiddenSize;
        double divisions = map is MhcMap ? (2.0 * config.HcSinkhornIters) - 1 : 0;
        return (sites * ((2.5 * wide) + (divisions * 2 * n * (n + 1)))) + (4 * wide);
    }

    /// <summary>Numbers a token that the connection keeps or needs at once: nC a kept site, nC + 2 times that for a block that is written again.</summary>
    private static double Streams(ModelConfig config, TrainingSettings settings)
    {
        if (ConnectionRegistry.Find(config.Connection).Map?.Invoke(config.MixingConstants()) is not { } map)
            return 0;
        double keep = Trainer.KeepEvery(config, settings), sites = 2.0 * config.NumHiddenLayers, wide = (double)config.HcMult * config.HiddenSize;
        double coefficients = map.WritingRows + (map.Rows * map.Groups) + map.Groups;
        return (wide * (Math.Ceiling(sites / keep) + keep - 1 + 2)) + (sites * (config.HiddenSize + coefficients));
    }

    /// <summary>Refuses what does not fit.</summary>
    /// <param name="available">Memory, in bytes.</param>
    /// <exception cref="PipelineException">It does not; the largest parts are named, and the fields to lower.</exception>
    public void RequireFits(double available)
    {
        if (Total > available)
            throw new PipelineException($"Training would take about {Size(Total)} of memory, and there are {Size(available)}: {Largest()}. {Advice()}");
    }

    /// <summary>What to say when memory has run out all the same.</summary>
    public string Exhausted() => $"Memory ran out, with about {Size(Total)} reckoned for this run: {Largest()}. {Advice()}";

    /// <summary>Whether an exception, or one that it follows from, says that memory has run out.</summary>
    public static bool HasRunOut(Exception? exception) => exception is OutOfMemoryException
        || (exception is ExternalException && (exception.Message.Contains("can't allocate memory", StringComparison.Ordinal) || exception.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || exception.Message.Contains("bad_alloc", StringComparison.Ordinal)))
        || (exception?.InnerException is { } inner && HasRunOut(inner));

    /// <summary>One line: the sum, what there is, and the largest parts.</summary>
    /// <param name="available">Memory, in bytes.</param>
    public string Describe(double available) => $"Memory: about {Size(Total)} of {Size(available)} ({Largest()})";

    private string Largest() => string.Join(", ", Parts.Take(3).Select(part => $"{part.Name} {Size(part.Bytes)}"));

    private string Advice() => $"Lower {string.Join("; ", Parts.Where(part => part.Fields.Length > 0).Take(2).Select(part => part.Fields).Distinct())}.";

    private static string Shape(IReadOnlyList<ParameterSpec> specs)
    {
        double hidden = specs.Where(spec => spec.Hidden).Sum(spec => (double)spec.Count), all = specs.Sum(spec => (double)spec.Count);
        return hidden * 2 > all ? "model.hidden_size, model.intermediate_size, model.num_hidden_layers" : "tokenizer.vocab_size, model.hidden_size";
    }

    private static string Size(double bytes) => bytes >= 1e9
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:#,0.0} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:#,0} MB");
}
