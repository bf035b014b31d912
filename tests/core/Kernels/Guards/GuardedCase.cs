namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>Calls of kernels with everything that they read and write in buffers of exact length.</summary>
/// <param name="Name">What is called with which sizes.</param>
/// <param name="Run">Takes the buffers, and calls.</param>
internal sealed record GuardedCase(string Name, Action<CaseMemory> Run);
