using MhcPipeline.Core;
using MhcPipeline.Train.Model;

namespace MhcPipeline.Train.Connections;

/// <summary>An entry of the registry: how to make one kind of connection.</summary>
/// <param name="Parameters">The tensors that it adds to a checkpoint.</param>
/// <param name="Create">Makes it over a store that holds those tensors.</param>
public sealed record ConnectionKind(
    Func<ModelConfig, IEnumerable<ParameterSpec>> Parameters,
    Func<ModelConfig, ParameterStore, IConnection> Create);
