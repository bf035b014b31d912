using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Parameters;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>An entry of the registry: how to make one kind of connection.</summary>
/// <param name="Parameters">The tensors that it adds to a checkpoint.</param>
/// <param name="Create">Makes it over a store that holds those tensors.</param>
/// <param name="Coefficients">A site's coefficients from streams, fn, base and scale, by tensor operations: what reference cases are compared with. Null where there are none.</param>
/// <param name="Map">What kernels do for a site. Null where there are no coefficients.</param>
public sealed record ConnectionKind(
    Func<ModelConfig, IEnumerable<ParameterSpec>> Parameters,
    Func<ModelConfig, ParameterStore, IConnection> Create,
    Func<Tensor, Tensor, Tensor, Tensor, MhcOptions, MixingCoefficients>? Coefficients = null,
    Func<MhcOptions, SiteMap>? Map = null);
