using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>
/// The operators of domain <c>ai.mhc</c>, version 1, that graphs exported in mode <c>fused</c> consist of: Read, WriteRead and End
/// (docs/operators.md), for the CPU and for
/// the CUDA provider. Registered with a session's options, they belong to every session made with them.
/// </summary>
public static unsafe class MhcOperators
{
    /// <summary>The operators' domain.</summary>
    public const string Domain = "ai.mhc";

    private const int Float = 1, Float16 = 10, BFloat16 = 16; // ONNXTensorElementDataType
    private const string Cuda = "CUDAExecutionProvider";
    private const int Required = 0, Optional = 1; // OrtCustomOpInputOutputCharacteristic

    private static readonly Lock _lock = new();
    private static nint _domain;
    private static OrtApi _api;

    /// <summary>The connections that the operators compute.</summary>
    public static IReadOnlyCollection<string> Connections => ConnectionMaps.Names;

    /// <summary>Makes the operators known to the sessions that will be made with some options.</summary>
    /// <param name="sessionOptions">OrtSessionOptions*.</param>
    /// <param name="apiBase">What OrtGetApiBase of the ONNX Runtime that made them gives.</param>
    /// <exception cref="PipelineException">That ONNX Runtime is older than 1.24, or refuses.</exception>
    public static void Register(nint sessionOptions, nint apiBase)
    {
        if (!OrtApi.Supported(apiBase))
            throw new PipelineException($"The operators of {Domain} need ONNX Runtime 1.24 or later. Update it, or export the run in mode standard.");
        lock (_lock)
        {
            if (_domain == 0)
            {
                _api = OrtApi.From(apiBase);
                _domain = CreateDomain(_api, Cuda, CudaSupport.Here.Launcher);
            }
        }
        _api.AddCustomOpDomain(sessionOptions, _domain);
    }

    /// <summary>The same, with the outcome as ONNX Runtime wants it from a plug-in.</summary>
    /// <returns>OrtStatus*; 0 when all is well.</returns>
    public static nint TryRegister(nint sessionOptions, nint apiBase)
    {
        try
        {
            Register(sessionOptions, apiBase);
            return 0;
        }
        catch (Exception e)
        {
            return OrtApi.From(apiBase).Failure(e.Message);
        }
    }

    /// <summary>The same with the CUDA operators alone, for the CPU provider and on what launches kernels there: they see real sessions where there is no GPU.</summary>
    internal static void RegisterCudaOnly(nint sessionOptions, nint apiBase, Func<int, IStreamLauncher> launchers)
    {
        _api = OrtApi.From(apiBase);
        _api.AddCustomOpDomain(sessionOptions, CreateDomain(_api, null, launchers));
    }

    // Sessions refer to the domain and its operators for as long as they live, so both stay until the process ends.
    private static nint CreateDomain(OrtApi api, string? cudaProvider, Func<int, IStreamLauncher> launchers)
    {
        nint domain = api.CreateCustomOpDomain(Text(Domain)), handle = GCHandle.ToIntPtr(GCHandle.Alloc(launchers));
        nint provider = cudaProvider is null ? 0 : (nint)Text(cudaProvider);
        if (cudaProvider is not null)
            Add(CudaStreamType.Float32, 0, 0);
        foreach (CudaStreamType type in Enum.GetValues<CudaStreamType>())
            Add(type, provider, handle);
        return domain;

        void Add(CudaStreamType type, nint own, nint launcher)
        {
            api.AddToDomain(domain, Operator(MixingOperatorKind.Read, 4, 4, 2, 0b1, 0b1));
            api.AddToDomain(domain, Operator(MixingOperatorKind.WriteRead, 6, 6, 3, 0b11, 0b11));
            api.AddToDomain(domain, Operator(MixingOperatorKind.End, 6, 3, 1, 0b11, 0b1));

            OrtCustomOp* Operator(MixingOperatorKind kind, int inputs, int required, int outputs, int streamInputs, int streamOutputs)
            {
                OrtCustomOp* op = MhcOperators.Operator(kind, inputs, required, outputs);
                op->Provider = (byte*)own;
                (op->Type, op->StreamInputs, op->StreamOutputs, op->Launchers) = (type, streamInputs, streamOutputs, launcher);
                return op;
            }
        }
    }

    private static OrtCustomOp* Operator(MixingOperatorKind kind, int inputs, int required, int outputs)
    {
        var op = (OrtCustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(OrtCustomOp));
        *op = new OrtCustomOp
        {
            Version = OrtApi.Version,
            GetName = &Name,
            GetExecutionProviderType = &Provider,
            GetInputType = &InputType,
            GetInputTypeCount = &Inputs,
            GetOutputType = &OutputType,
            GetOutputTypeCount = &Outputs,
            GetInputCharacteristic = &InputCharacteristic,
            GetOutputCharacteristic = &OutputCharacteristic,
            GetInputMemoryType = &MemoryType,
            GetVariadicInputMinArity = &One,
            GetVariadicInputHomogeneity = &One,
            GetVariadicOutputMinArity = &One,
            GetVariadicOutputHomogeneity = &One,
            CreateKernelV2 = &Create,
            KernelComputeV2 = &Compute,
            KernelDestroy = &Destroy,
            GetStartVersion = &One,
            GetEndVersion = &One,
            Name = Text(kind.ToString()),
            Kind = kind,
            Inputs = inputs,
            RequiredInputs = required,
            Outputs = outputs,
        };
        return op;
    }

    private static byte* Text(string value) => (byte*)Marshal.StringToCoTaskMemUTF8(value);

    [UnmanagedCallersOnly]
    private static byte* Name(OrtCustomOp* op) => op->Name;

    [UnmanagedCallersOnly]
    private static byte* Provider(OrtCustomOp* op) => op->Provider;

    [UnmanagedCallersOnly]
    private static int InputType(OrtCustomOp* op, nuint index) => Type(op, op->StreamInputs, index);

    [UnmanagedCallersOnly]
    private static int OutputType(OrtCustomOp* op, nuint index) => Type(op, op->StreamOutputs, index);

    private static int Type(OrtCustomOp* op, int streams, nuint index) => (streams >> (int)index & 1) == 0 ? Float : op->Type switch
    {
        CudaStreamType.Float16 => Float16,
        CudaStreamType.BFloat16 => BFloat16,
        _ => Float,
    };

    [UnmanagedCallersOnly]
    private static nuint Inputs(OrtCustomOp* op) => (nuint)op->Inputs;

    [UnmanagedCallersOnly]
    private static nuint Outputs(OrtCustomOp* op) => (nuint)op->Outputs;

    [UnmanagedCallersOnly]
    private static int InputCharacteristic(OrtCustomOp* op, nuint index) => (int)index < op->RequiredInputs ? Required : Optional;

    [UnmanagedCallersOnly]
    private static int OutputCharacteristic(OrtCustomOp* op, nuint index) => Required;

    [UnmanagedCallersOnly]
    private static int MemoryType(OrtCustomOp* op, nuint index) => 0; // the provider's own: fn, base and scale too lie on the GPU

    [UnmanagedCallersOnly]
    private static int One(OrtCustomOp* op) => 1;

    [UnmanagedCallersOnly]
    private static nint Create(OrtCustomOp* op, void** api, nint info, nint* kernel)
    {
        try
        {
            *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(Operator(new OrtApi(api), op, info)));
            return 0;
        }
        catch (Exception e)
        {
            return new OrtApi(api).Failure(e.Message);
        }
    }

    private static IMixingOperator Operator(OrtApi api, OrtCustomOp* op, nint info)
    {
        var node = new MixingNode(api, info, op->Kind);
        return op->Launchers == 0 ? new MixingOperator(node)
            : new CudaMixingOperator(node, op->Type, new OrtAllocator(api, api.Allocator(info)), (Func<int, IStreamLauncher>)GCHandle.FromIntPtr(op->Launchers).Target!);
    }

    [UnmanagedCallersOnly]
    private static nint Compute(nint kernel, nint context)
    {
        try
        {
            ((IMixingOperator)GCHandle.FromIntPtr(kernel).Target!).Compute(_api, context);
            return 0;
        }
        catch (Exception e)
        {
            return _api.Failure(e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Destroy(nint kernel)
    {
        var handle = GCHandle.FromIntPtr(kernel);
        ((IMixingOperator)handle.Target!).Dispose();
        handle.Free();
    }
}
