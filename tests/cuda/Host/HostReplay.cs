using System.Diagnostics;
using System.Text;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>
/// Runs on the CPU as <see cref="HostLauncher"/> does, and writes down each launch of one program with what every buffer held before it: a process
/// with the address and undefined-behaviour sanitizers can then do the same launches on buffers of exactly these lengths.
/// </summary>
/// <param name="launcher">Runs the launches here.</param>
/// <param name="memory">Where the buffers are.</param>
/// <param name="name">Of the program; others' launches are not written down.</param>
internal sealed unsafe class HostReplay(HostLauncher launcher, HostMemory memory, string name) : ILauncher
{
    private readonly MemoryStream _launches = new();
    private CudaProgram? _program;
    private int _count;

    public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        if (program.Name == name)
        {
            _program = program;
            _count++;
            using var writer = new BinaryWriter(_launches, Encoding.UTF8, leaveOpen: true);
            Write(writer, kernel, shape, arguments);
        }
        launcher.Launch(program, kernel, shape, arguments);
    }

    /// <summary>The sanitizers' word on all launches: how many there were, or the first error.</summary>
    /// <param name="mutate">Changes the program's text, in that process alone.</param>
    public (int Launches, string Errors) Run(Func<string, string>? mutate = null)
    {
        CudaProgram program = _program ?? throw new InvalidOperationException($"nothing of {name} was launched");
        string text = mutate is null ? program.Text() : mutate(program.Text());
        string table = string.Concat(HostCompiler.Kernels(text).Select(kernel => $"{{\"{kernel}\", host_{kernel}}},\n"));
        string main = $"\nnamespace host {{ Named named[] = {{\n{table}}}; int count = {HostCompiler.Kernels(text).Count}; }}\n#include \"replay.h\"\n";
        string executable = HostCompiler.Compile(program.Name + "_replay", text, "out", ["-O1", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DREPLAY"], main);
        string trace = Path.Combine(HostCompiler.Cache, $"{program.Name}_{Environment.ProcessId}.trace");
        File.WriteAllBytes(trace, _launches.ToArray());
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(executable, [trace]) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (_count, process.ExitCode == 0 ? "" : $"exit {process.ExitCode}: {errors}");
        }
        finally
        {
            File.Delete(trace);
        }
    }

    // kernel, grid and block, shared bytes; the buffers; the arguments: buffer (or -1) and offset or value. Numbers are int64 throughout.
    private void Write(BinaryWriter writer, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        (nint Address, int Bytes)[] buffers = [.. memory.Buffers];
        byte[] bytes = Encoding.UTF8.GetBytes(kernel);
        foreach (long number in (long[])[bytes.Length, shape.GridX, shape.GridY, shape.Threads, shape.SharedBytes, buffers.Length, arguments.Length])
            writer.Write(number);
        writer.Write(bytes);
        foreach ((nint address, int length) in buffers)
        {
            writer.Write((long)length);
            writer.Write(new ReadOnlySpan<byte>((void*)address, length));
        }
        foreach (KernelArgument argument in arguments)
        {
            int buffer = Array.FindIndex(buffers, own => argument.Bits >= own.Address && argument.Bits <= own.Address + own.Bytes && argument.Bits > int.MaxValue);
            writer.Write((long)buffer);
            writer.Write(buffer < 0 ? argument.Bits : argument.Bits - buffers[buffer].Address);
        }
    }
}
