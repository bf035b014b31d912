namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>What the compiler made.</summary>
/// <param name="Image">A cubin, or PTX.</param>
/// <param name="Log">What the compiler said: warnings, and with the option --ptxas-options=-v what each kernel takes.</param>
public sealed record CompiledProgram(byte[] Image, string Log);
