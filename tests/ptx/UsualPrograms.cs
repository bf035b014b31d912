using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Core.Kernels.Sublayers;

namespace MhcPipeline.Ptx;

/// <summary>What models of four streams with mhc are trained and served with.</summary>
public static class UsualPrograms
{
    private static readonly MhcOptions _options = new(4, 20, 1e-6, 1e-6); // programs do not depend on the constants

    /// <summary>Each program once.</summary>
    public static IReadOnlyList<CudaProgram> All { get; } =
        [.. CudaSitePrograms.Model(new MhcMap(_options), new HeadMap(_options)), .. CudaSublayerPrograms.All, .. CudaOptimizerPrograms.All];
}
