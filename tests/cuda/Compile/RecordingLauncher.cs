using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>Runs nothing and keeps what it was asked for: each program once, with the largest launches of its kernels.</summary>
internal sealed class RecordingLauncher : ILauncher
{
    private readonly Dictionary<string, (CudaProgram Program, Dictionary<string, KernelLaunches> Kernels)> _programs = [];

    public IReadOnlyCollection<(CudaProgram Program, Dictionary<string, KernelLaunches> Kernels)> Programs => _programs.Values;

    public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        if (!_programs.TryGetValue(program.Text(), out (CudaProgram Program, Dictionary<string, KernelLaunches> Kernels) known))
            _programs.Add(program.Text(), known = (program, []));
        KernelLaunches before = known.Kernels.GetValueOrDefault(kernel) ?? new(0, 0, arguments.Length);
        if (before.Arguments != arguments.Length)
            throw new InvalidOperationException($"{kernel} of {program.Name} is launched with {before.Arguments} arguments and with {arguments.Length}");
        known.Kernels[kernel] = new(Math.Max(before.Threads, shape.Threads), Math.Max(before.SharedBytes, shape.SharedBytes), arguments.Length);
    }
}
