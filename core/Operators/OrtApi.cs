using System.Runtime.InteropServices;
using System.Text;

namespace MhcPipeline.Core.Operators;

/// <summary>
/// ONNX Runtime's C interface as far as the operators need it: a table of functions at fixed places, which only ever grows at its end
/// (onnxruntime_c_api.h, struct OrtApi). Calling it directly keeps the operators free of any ONNX Runtime assembly, so that the same
/// source is part of the stages and of the plug-in.
/// </summary>
internal readonly unsafe struct OrtApi(void** table)
{
    /// <summary>The version whose functions are used: ONNX Runtime 1.24 and everything later has it.</summary>
    public const uint Version = 24;

    private const int InvalidArgument = 2;

    /// <summary>OrtApiBase: the function GetApi, then GetVersionString.</summary>
    public static OrtApi From(nint apiBase)
    {
        var get = (delegate* unmanaged<uint, void**>)((void**)apiBase)[0];
        void** table = get(Version);
        return new OrtApi(table == null ? get(1) : table);
    }

    /// <summary>Whether the runtime that gave this base has <see cref="Version"/>.</summary>
    public static bool Supported(nint apiBase) => ((delegate* unmanaged<uint, void**>)((void**)apiBase)[0])(Version) != null;

    /// <summary>A status that ONNX Runtime turns into its own error.</summary>
    public nint Failure(string message)
    {
        byte[] text = Encoding.UTF8.GetBytes(message + "\0");
        fixed (byte* start = text)
            return ((delegate* unmanaged<int, byte*, nint>)table[0])(InvalidArgument, start);
    }

    /// <summary>Throws what a status says, if it says anything, and releases it.</summary>
    public void Check(nint status)
    {
        if (status == 0)
            return;
        string message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<nint, byte*>)table[2])(status)) ?? "unknown error";
        ((delegate* unmanaged<nint, void>)table[93])(status);
        throw new PipelineException(message);
    }

    public nint CreateCustomOpDomain(byte* name)
    {
        nint domain;
        Check(((delegate* unmanaged<byte*, nint*, nint>)table[26])(name, &domain));
        return domain;
    }

    public void AddToDomain(nint domain, OrtCustomOp* op) => Check(((delegate* unmanaged<nint, OrtCustomOp*, nint>)table[27])(domain, op));

    public void AddCustomOpDomain(nint sessionOptions, nint domain) => Check(((delegate* unmanaged<nint, nint, nint>)table[28])(sessionOptions, domain));

    public float AttributeFloat(nint info, string name)
    {
        float value;
        fixed (byte* start = Encoding.UTF8.GetBytes(name + "\0"))
            Check(((delegate* unmanaged<nint, byte*, float*, nint>)table[85])(info, start, &value));
        return value;
    }

    public long AttributeInt(nint info, string name)
    {
        long value;
        fixed (byte* start = Encoding.UTF8.GetBytes(name + "\0"))
            Check(((delegate* unmanaged<nint, byte*, long*, nint>)table[86])(info, start, &value));
        return value;
    }

    public string AttributeString(nint info, string name)
    {
        fixed (byte* start = Encoding.UTF8.GetBytes(name + "\0"))
        {
            nuint size = 0; // with its terminating zero
            Check(((delegate* unmanaged<nint, byte*, byte*, nuint*, nint>)table[87])(info, start, null, &size));
            var text = new byte[size];
            fixed (byte* target = text)
                Check(((delegate* unmanaged<nint, byte*, byte*, nuint*, nint>)table[87])(info, start, target, &size));
            return Encoding.UTF8.GetString(text).TrimEnd('\0');
        }
    }

    /// <summary>An input's OrtValue; 0 when it was left out.</summary>
    public nint Input(nint context, int index)
    {
        nint value = 0;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)table[90])(context, (nuint)index, &value));
        return value;
    }

    public int InputCount(nint context)
    {
        nuint count;
        Check(((delegate* unmanaged<nint, nuint*, nint>)table[88])(context, &count));
        return (int)count;
    }

    /// <summary>Makes an output of a shape, and gives its OrtValue.</summary>
    public nint Output(nint context, int index, ReadOnlySpan<long> shape)
    {
        nint value = 0;
        fixed (long* dimensions = shape)
            Check(((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)table[91])(context, (nuint)index, dimensions, (nuint)shape.Length, &value));
        return value;
    }

    public nint Data(nint value)
    {
        nint data;
        Check(((delegate* unmanaged<nint, nint*, nint>)table[51])(value, &data));
        return data;
    }

    /// <summary>A tensor's dimensions, where the runtime keeps them.</summary>
    public ReadOnlySpan<long> Shape(nint value)
    {
        int type;
        long* dimensions;
        nuint count;
        Check(((delegate* unmanaged<nint, int*, long**, nuint*, nint>)table[414])(value, &type, &dimensions, &count));
        return new ReadOnlySpan<long>(dimensions, (int)count);
    }

    /// <summary>The CUDA stream of a call on that provider; 0 elsewhere.</summary>
    public nint Stream(nint context)
    {
        nint stream;
        Check(((delegate* unmanaged<nint, nint*, nint>)table[193])(context, &stream));
        return stream;
    }

    /// <summary>The allocator of the memory that a node's provider computes in.</summary>
    public nint Allocator(nint info)
    {
        const int providersOwn = 0; // OrtMemTypeDefault
        nint allocator;
        Check(((delegate* unmanaged<nint, int, nint*, nint>)table[278])(info, providersOwn, &allocator));
        return allocator;
    }

    /// <summary>The number of the device whose memory an allocator gives.</summary>
    public int AllocatorDevice(nint allocator)
    {
        nint memory;
        int device;
        Check(((delegate* unmanaged<nint, nint*, nint>)table[77])(allocator, &memory));
        Check(((delegate* unmanaged<nint, int*, nint>)table[72])(memory, &device));
        return device;
    }

    public nint Allocate(nint allocator, nuint bytes)
    {
        nint address;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)table[75])(allocator, bytes, &address));
        return address;
    }

    public void Free(nint allocator, nint address) => Check(((delegate* unmanaged<nint, nint, nint>)table[76])(allocator, address));

    public void ReleaseAllocator(nint allocator) => ((delegate* unmanaged<nint, void>)table[132])(allocator);

    /// <summary>Calls function(data, i) for i from 0 to count - 1 on the session's threads, the last one done when it returns.</summary>
    public void ParallelFor(nint context, delegate* unmanaged<void*, nuint, void> function, int count, void* data) =>
        Check(((delegate* unmanaged<nint, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, nint>)table[274])(context, function, (nuint)count, 0, data));
}
