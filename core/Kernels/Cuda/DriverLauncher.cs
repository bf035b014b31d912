namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>
/// Runs kernels on one GPU: in its primary context, which torch and ONNX Runtime use as well, and on torch's current stream where torch is loaded, or on
/// a stream that is named. Any thread may launch. Context and programs stay until the process ends.
/// </summary>
public sealed unsafe class DriverLauncher : ILauncher, IStreamLauncher
{
    // Errors that a kernel leaves behind (CUresult, cuda.h): they show at whatever asks the driver next.
    private const int FirstKernelError = 700, LastKernelError = 720;

    private readonly DriverApi _driver;
    private readonly CudaModules _modules;

    /// <param name="driver">Of the GPU.</param>
    /// <param name="device">The GPU.</param>
    /// <param name="compiler">What <see cref="Compiler"/> says.</param>
    /// <param name="compile">Makes a program's image from its name and text.</param>
    /// <param name="stream">Where launches go.</param>
    internal DriverLauncher(DriverApi driver, DeviceInfo device, string compiler, Func<string, string, byte[]> compile, CudaStream stream)
    {
        _driver = driver;
        Context = new CudaContext(driver, device, stream);
        Compiler = compiler;
        _modules = new CudaModules(driver, compile);
    }

    internal CudaContext Context { get; }

    /// <summary>The GPU.</summary>
    public DeviceInfo Device => Context.Device;

    /// <summary>What compiles programs: an NVRTC here, or the one that the library was built with.</summary>
    public string Compiler { get; }

    /// <inheritdoc/>
    public int SharedBytes => Device.SharedBytes;

    /// <inheritdoc/>
    public ILauncher On(nint stream) => new StreamLauncher(this, stream);

    /// <inheritdoc/>
    /// <exception cref="PipelineException">The program does not compile or load, or the driver refuses the launch.</exception>
    public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments) =>
        Launch(program, kernel, shape, arguments, null);

    private void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments, nint? stream)
    {
        ArgumentNullException.ThrowIfNull(program);
        nint before = Context.Enter();
        try
        {
            CudaFunction function = _modules.Function(program, kernel);
            if (function.Parameters is { } parameters && parameters != arguments.Length)
                throw new PipelineException($"Kernel {kernel} of {program.Name} has {parameters} parameters, not {arguments.Length}.");
            if (shape.SharedBytes > Device.SharedBytes)
                throw new PipelineException($"Kernel {kernel} of {program.Name} asks for {shape.SharedBytes} bytes of shared memory a block; {Device.Name} has {Device.SharedBytes}.");
            function.AllowShared(shape.SharedBytes);

            void** addresses = stackalloc void*[arguments.Length];
            int result;
            fixed (KernelArgument* first = arguments)
            {
                for (int i = 0; i < arguments.Length; i++)
                    addresses[i] = first + i;
                result = _driver.Launch(function.Handle, shape, stream ?? Context.Stream, addresses);
            }
            if (result != 0)
                _driver.Check(result, $"Kernel {kernel} of {program.Name} on {Device.Name}, {shape}{(result is >= FirstKernelError and < LastKernelError ? ", or a kernel before it (CUDA_LAUNCH_BLOCKING=1 shows which)" : "")}");
        }
        finally
        {
            Context.Leave(before);
        }
    }

    /// <summary>Compiles and loads a program ahead of its first launch: a stream that is being captured into a graph allows neither.</summary>
    /// <exception cref="PipelineException">It does not compile or load.</exception>
    public void Prepare(CudaProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        nint before = Context.Enter();
        try
        {
            _modules.Load(program);
        }
        finally
        {
            Context.Leave(before);
        }
    }

    /// <summary>Marks the point that this thread's stream has come to.</summary>
    /// <exception cref="PipelineException">The driver refuses.</exception>
    public CudaEvent Record() => new(Context);

    private sealed class StreamLauncher(DriverLauncher launcher, nint stream) : ILauncher
    {
        public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments) =>
            launcher.Launch(program, kernel, shape, arguments, stream);
    }
}
