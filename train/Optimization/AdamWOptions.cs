namespace MhcPipeline.Train.Optimization;

/// <summary>AdamW's constants.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay, multiplied by the learning rate at each step.</param>
/// <param name="Eps">Added to the root of the second moment.</param>
public sealed record AdamWOptions(double Beta1 = 0.9, double Beta2 = 0.95, double WeightDecay = 0.1, double Eps = 1e-8);
