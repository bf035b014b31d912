namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>Where the buffers of a case lie.</summary>
internal enum Placement
{
    /// <summary>Anywhere, with room on both sides.</summary>
    Ordinary,

    /// <summary>Each ends where memory ends.</summary>
    Ending,

    /// <summary>Each begins where memory begins.</summary>
    Beginning,
}
