using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>Numbers of cases, in the types in which kernels take them.</summary>
internal static unsafe class SiteNumbers
{
    /// <summary>Normally distributed numbers.</summary>
    public static float[] Normal(int count, int seed, double deviation = 1)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        for (int k = 0; k < count; k++)
            numbers[k] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return numbers;
    }

    public static int Size(CudaStreamType type) => type == CudaStreamType.Float32 ? 4 : 2;

    /// <summary>The same numbers as a stream of that type holds them.</summary>
    public static float[] Rounded(float[] values, CudaStreamType type) =>
        type switch
        {
            CudaStreamType.Float32 => values,
            CudaStreamType.Float16 => [.. values.Select(value => (float)(Half)value)],
            _ => [.. values.Select(value => BitConverter.Int32BitsToSingle(Bits(value) << 16))],
        };

    public static nint Put(HostMemory memory, float[] values, CudaStreamType type)
    {
        nint start = memory.Take((long)values.Length * Size(type));
        for (int k = 0; k < values.Length; k++)
            if (type == CudaStreamType.BFloat16)
                ((ushort*)start)[k] = (ushort)Bits(values[k]);
            else if (type == CudaStreamType.Float16)
                ((Half*)start)[k] = (Half)values[k];
            else
                ((float*)start)[k] = values[k];
        return start;
    }

    public static float[] Get(nint start, int count, CudaStreamType type)
    {
        var values = new float[count];
        for (int k = 0; k < count; k++)
            values[k] = type switch
            {
                CudaStreamType.BFloat16 => BitConverter.Int32BitsToSingle(((ushort*)start)[k] << 16),
                CudaStreamType.Float16 => (float)((Half*)start)[k],
                _ => ((float*)start)[k],
            };
        return values;
    }

    private static int Bits(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (int)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
}
