using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>The NVRTC that tests compile with: the first that loads of those that a user's program would look at.</summary>
internal static class CompilerAtHand
{
    private static readonly Lazy<(Nvrtc? Nvrtc, string? Missing)> _found = new(Find);

    /// <summary>Why there is none; null if there is one.</summary>
    public static string? Missing => _found.Value.Missing;

    public static Nvrtc Nvrtc => _found.Value.Nvrtc!;

    private static (Nvrtc? Nvrtc, string? Missing) Find()
    {
        try
        {
            return (NvrtcSearch.Here().Any(), null);
        }
        catch (PipelineException)
        {
            return (null, "NVRTC is not there, which compiles for GPUs: make nvrtc brings it");
        }
    }
}
