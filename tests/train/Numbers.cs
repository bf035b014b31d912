using System.Runtime.InteropServices;
using MhcPipeline.Core.Safetensors;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests;

/// <summary>Tensors from and to plain numbers.</summary>
internal static class Numbers
{
    public static Tensor Read(SafetensorsFile file, string name, bool gradient = false)
    {
        Tensor result = tensor(file.ReadFloat32(name), [.. file.Tensors[name].Shape]);
        result.requires_grad = gradient;
        return result;
    }

    public static float[] Of(Tensor values)
    {
        using Tensor host = values.detach().to_type(ScalarType.Float32).contiguous();
        return MemoryMarshal.Cast<byte, float>(host.bytes).ToArray();
    }

    public static float[] Normal(int count, int seed, double deviation = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    /// <summary>Asserts that no element differs by more than <paramref name="limit"/> times the largest absolute expected value.</summary>
    public static void Close(IReadOnlyList<float> expected, IReadOnlyList<float> actual, double limit, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        double largest = expected.Max(v => Math.Abs((double)v)), error = 0;
        for (int i = 0; i < expected.Count; i++)
            error = Math.Max(error, Math.Abs((double)expected[i] - actual[i]));
        Assert.True(error <= limit * largest, $"{what}: largest error {error:g3} of largest value {largest:g3}, limit {limit:g3}");
    }
}
