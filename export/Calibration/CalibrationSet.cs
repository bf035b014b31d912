using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;

namespace MhcPipeline.Export.Calibration;

/// <summary>Tokens on which the errors of folds are measured, and the Sinkhorn iterations that sites need.</summary>
/// <param name="Source">Where they are from, for export.json.</param>
/// <param name="Ids">Token ids [sequences, tokens], row-major.</param>
/// <param name="Sequences">Number of sequences.</param>
public sealed record CalibrationSet(string Source, IReadOnlyList<long> Ids, int Sequences)
{
    private const int MostTokens = 256;
    private const int MostLogits = 1 << 24; // of random tokens: 64 MB

    /// <summary>Tokens of each sequence.</summary>
    public int Tokens => Ids.Count / Sequences;

    /// <summary>The first tokens (256 at most) of every sequence that training recorded.</summary>
    /// <param name="expectedFile">expected.safetensors.</param>
    /// <param name="config">The model, to which the tokens must belong.</param>
    /// <exception cref="PipelineException">The file is missing or malformed, or has other tokens than the model.</exception>
    public static CalibrationSet FromExpected(string expectedFile, ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        using var expected = SafetensorsFile.Open(expectedFile);
        IReadOnlyList<long> shape = expected.Tensor("input_ids").Shape;
        long[] ids = expected.ReadInt64("input_ids");
        if (shape.Count != 2 || ids.Length == 0 || ids.Any(id => id < 0 || id >= config.VocabSize))
            throw new PipelineException($"{expectedFile}: input_ids is not [sequences, tokens] with ids below {config.VocabSize} (vocab_size). Train the run again.");
        int tokens = Math.Min(MostTokens, Math.Min((int)shape[1], config.MaxPositionEmbeddings));
        return new CalibrationSet("expected.safetensors", [.. ids.Chunk((int)shape[1]).SelectMany(row => row.Take(tokens))], (int)shape[0]);
    }

    /// <summary>Two sequences of random tokens, always the same ones: for a model of which no text is known.</summary>
    /// <param name="config">The model.</param>
    public static CalibrationSet Random(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var random = new Random(1);
        int tokens = Math.Min(Math.Clamp(MostLogits / (2 * config.VocabSize), 1, MostTokens), config.MaxPositionEmbeddings);
        return new CalibrationSet("random tokens", [.. Enumerable.Range(0, 2 * tokens).Select(_ => random.NextInt64(config.VocabSize))], 2);
    }
}
