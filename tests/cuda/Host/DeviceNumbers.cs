using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>Numbers of cases in "device" memory, in the types in which kernels take them.</summary>
internal static unsafe class DeviceNumbers
{
    /// <summary>The same numbers as a buffer of that type holds them.</summary>
    public static float[] Rounded(float[] values, CudaElement type) => type == CudaElement.Float32 ? values : [.. values.Select(Rounded)];

    /// <summary>The nearest number of bf16, the even one of two.</summary>
    public static float Rounded(float value) => BitConverter.Int32BitsToSingle(SiteNumbers.Bits(value) << 16);

    public static nint Put(HostMemory memory, float[] values, CudaElement type = CudaElement.Float32)
    {
        nint start = Empty(memory, values.Length, type);
        for (int k = 0; k < values.Length; k++)
            if (type == CudaElement.BFloat16)
                ((ushort*)start)[k] = (ushort)SiteNumbers.Bits(values[k]);
            else
                ((float*)start)[k] = values[k];
        return start;
    }

    public static nint Put(HostMemory memory, long[] values)
    {
        nint start = memory.Take(sizeof(long) * (long)values.Length);
        values.CopyTo(new Span<long>((void*)start, values.Length));
        return start;
    }

    public static nint Empty(HostMemory memory, int count, CudaElement type = CudaElement.Float32) =>
        memory.Take((long)count * (type == CudaElement.BFloat16 ? sizeof(ushort) : sizeof(float)));

    public static float[] Get(nint start, int count, CudaElement type = CudaElement.Float32)
    {
        var values = new float[count];
        for (int k = 0; k < count; k++)
            values[k] = type == CudaElement.BFloat16 ? BitConverter.Int32BitsToSingle(((ushort*)start)[k] << 16) : ((float*)start)[k];
        return values;
    }
}
