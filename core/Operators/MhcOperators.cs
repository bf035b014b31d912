using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Operators;

/// <summary>
/// The operators of domain <c>ai.mhc</c>, version 1, that graphs exported in mode <c>fused</c> consist of: Read, WriteRead and End
/// (docs/operators.md). Registered with a session's options, they belong to every session made with them.
/// </summary>
public static unsafe class MhcOperators
{
    /// <summary>The operators' domain.</summary>
    public const string Domain = "ai.mhc";

    private const int Float = 1; // ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
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
                CreateDomain(OrtApi.From(apiBase));
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

    // Sessions refer to the domain and its operators for as long as they live, so both stay until the process ends.
    private static void CreateDomain(OrtApi api)
    {
        nint domain = api.CreateCustomOpDomain(Text(Domain));
        api.AddToDomain(domain, Operator(MixingOperatorKind.Read, inputs: 4, required: 4, outputs: 2));
        api.AddToDomain(domain, Operator(MixingOperatorKind.WriteRead, inputs: 6, required: 6, outputs: 3));
        api.AddToDomain(domain, Operator(MixingOperatorKind.End, inputs: 6, required: 3, outputs: 1));
        (_api, _domain) = (api, domain);
    }

    private static OrtCustomOp* Operator(MixingOperatorKind kind, int inputs, int required, int outputs)
    {
        var op = (OrtCustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(OrtCustomOp));
        *op = new OrtCustomOp
        {
            Version = OrtApi.Version,
            GetName = &Name,
            GetExecutionProviderType = &Provider,
            GetInputType = &Type,
            GetInputTypeCount = &Inputs,
            GetOutputType = &Type,
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
    private static byte* Provider(OrtCustomOp* op) => null; // the CPU

    [UnmanagedCallersOnly]
    private static int Type(OrtCustomOp* op, nuint index) => Float;

    [UnmanagedCallersOnly]
    private static nuint Inputs(OrtCustomOp* op) => (nuint)op->Inputs;

    [UnmanagedCallersOnly]
    private static nuint Outputs(OrtCustomOp* op) => (nuint)op->Outputs;

    [UnmanagedCallersOnly]
    private static int InputCharacteristic(OrtCustomOp* op, nuint index) => (int)index < op->RequiredInputs ? Required : Optional;

    [UnmanagedCallersOnly]
    private static int OutputCharacteristic(OrtCustomOp* op, nuint index) => Required;

    [UnmanagedCallersOnly]
    private static int MemoryType(OrtCustomOp* op, nuint index) => 0; // the provider's own

    [UnmanagedCallersOnly]
    private static int One(OrtCustomOp* op) => 1;

    [UnmanagedCallersOnly]
    private static nint Create(OrtCustomOp* op, void** api, nint info, nint* kernel)
    {
        try
        {
            *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(new MixingOperator(new OrtApi(api), info, op->Kind)));
            return 0;
        }
        catch (Exception e)
        {
            return new OrtApi(api).Failure(e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static nint Compute(nint kernel, nint context)
    {
        try
        {
            ((MixingOperator)GCHandle.FromIntPtr(kernel).Target!).Compute(_api, context);
            return 0;
        }
        catch (Exception e)
        {
            return _api.Failure(e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Destroy(nint kernel) => GCHandle.FromIntPtr(kernel).Free();
}
