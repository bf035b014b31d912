using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>An operator as ONNX Runtime asks for it (onnxruntime_c_api.h, struct OrtCustomOp as of version 24), in that order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OrtCustomOp
{
    public uint Version;
    public void* CreateKernel; // the first version, whose errors could not be reported
    public delegate* unmanaged<OrtCustomOp*, byte*> GetName;
    public delegate* unmanaged<OrtCustomOp*, byte*> GetExecutionProviderType;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetInputType;
    public delegate* unmanaged<OrtCustomOp*, nuint> GetInputTypeCount;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetOutputType;
    public delegate* unmanaged<OrtCustomOp*, nuint> GetOutputTypeCount;
    public void* KernelCompute; // likewise
    public delegate* unmanaged<nint, void> KernelDestroy;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetInputMemoryType;
    public delegate* unmanaged<OrtCustomOp*, int> GetVariadicInputMinArity;
    public delegate* unmanaged<OrtCustomOp*, int> GetVariadicInputHomogeneity;
    public delegate* unmanaged<OrtCustomOp*, int> GetVariadicOutputMinArity;
    public delegate* unmanaged<OrtCustomOp*, int> GetVariadicOutputHomogeneity;
    public delegate* unmanaged<OrtCustomOp*, void**, nint, nint*, nint> CreateKernelV2;
    public delegate* unmanaged<nint, nint, nint> KernelComputeV2;
    public void* InferOutputShape;
    public delegate* unmanaged<OrtCustomOp*, int> GetStartVersion;
    public delegate* unmanaged<OrtCustomOp*, int> GetEndVersion;
    public void* GetMayInplace;
    public void* ReleaseMayInplace;
    public void* GetAliasMap;
    public void* ReleaseAliasMap;

    // What follows is ours: ONNX Runtime hands the operator back with every question.
    public byte* Name;
    public MixingOperatorKind Kind;
    public int Inputs;
    public int RequiredInputs;
    public int Outputs;
    public byte* Provider; // null is the CPU
    public CudaStreamType Type; // of what StreamInputs and StreamOutputs name, a bit for each; all else is float32
    public int StreamInputs;
    public int StreamOutputs;
    public nint Launchers; // a GCHandle of Func<int, IStreamLauncher>; 0 for the CPU's own kernels
}
