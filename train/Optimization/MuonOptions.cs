namespace MhcPipeline.Train.Optimization;

/// <summary>Muon's constants.</summary>
/// <param name="RateFactor">Muon's learning rate over AdamW's, whose schedule both share.</param>
/// <param name="WeightDecay">Decoupled decay, multiplied by Muon's learning rate at each step.</param>
/// <param name="Momentum">Decay of the momentum after its warm-up.</param>
public sealed record MuonOptions(double RateFactor, double WeightDecay = 0.1, double Momentum = 0.95);
