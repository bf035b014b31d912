namespace MhcPipeline.Core.Presets;

/// <summary>How a model is trained.</summary>
public sealed record TrainingSettings
{
    /// <summary>How weights begin: <c>normal</c> (GPT-2's noise), or <c>mimetic</c> (attention begins in the shape it is found to take; small models learn to look things up far sooner).</summary>
    public string Initialisation { get; init; } = "normal";

    /// <summary>What streams and activations are: <c>float32</c> or <c>bf16</c>; weights, gradients and moments are float32 either way. Null: bf16 on a GPU, else float32.</summary>
    public string? Precision { get; init; }

    /// <summary>Optimizer steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Time budget in minutes; training ends, its schedule finished, at whichever comes first. Null: no budget.</summary>
    public double? Minutes { get; init; }

    /// <summary>Sequences in a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Tokens in a sequence.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Batches whose gradients are added up for one step.</summary>
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>
    /// True to keep the streams of every <see cref="RecomputeBlock"/>-th site only and write the others again in the backward pass: less memory,
    /// a little more time, the same gradients.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>Sites from one whose streams are kept to the next; 0: sqrt(nL / (n + 2)) with L sites, which needs the least memory (arXiv 2512.24880, equation 20).</summary>
    public int RecomputeBlock { get; init; }

    /// <summary><c>adamw</c>, or <c>muon</c> for the matrices between hidden layers and AdamW for the rest.</summary>
    public string Optimizer { get; init; } = "adamw";

    /// <summary>Muon's highest learning rate; it follows the schedule of <see cref="LearningRate"/>.</summary>
    public double MuonLearningRate { get; init; } = 0.02;

    /// <summary>Highest learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Learning rate at the end.</summary>
    public double MinLearningRate { get; init; }

    /// <summary>Steps in which the learning rate rises to its highest.</summary>
    public int WarmupSteps { get; init; }

    /// <summary><c>cosine</c>, or <c>wsd</c> (warm-up, stable, linear decay).</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>Share of the run in which a <c>wsd</c> schedule decays.</summary>
    public double DecayFraction { get; init; } = 0.2;

    /// <summary>AdamW's decay, applied to matrices only.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>AdamW's decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Largest global norm of the gradient; 0 turns clipping off.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>Steps between evaluations on the validation set.</summary>
    public int EvalEvery { get; init; } = 250;

    /// <summary>Batches in an evaluation.</summary>
    public int EvalBatches { get; init; } = 20;

    /// <summary>Steps between checkpoints.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>Steps between samples of the gains.</summary>
    public int GainsEvery { get; init; } = 50;
}
