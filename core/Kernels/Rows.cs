using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MhcPipeline.Core.Kernels;

/// <summary>Arithmetic on rows of single-precision numbers.</summary>
internal static unsafe class Rows
{
    /// <summary>sum_c a_c b_c.</summary>
    public static float Dot(float* a, float* b, int count)
    {
        Vector256<float> first = default, second = default;
        int c = 0;
        for (; c <= count - 16; c += 16)
        {
            first = Vector256.FusedMultiplyAdd(Vector256.Load(a + c), Vector256.Load(b + c), first);
            second = Vector256.FusedMultiplyAdd(Vector256.Load(a + c + 8), Vector256.Load(b + c + 8), second);
        }
        float sum = Vector256.Sum(first + second);
        for (; c < count; c++)
            sum += a[c] * b[c];
        return sum;
    }

    /// <summary>target = factor x.</summary>
    public static void Scale(float* target, float factor, float* x, int count)
    {
        var factors = Vector256.Create(factor);
        int c = 0;
        for (; c <= count - 8; c += 8)
            Vector256.Store(factors * Vector256.Load(x + c), target + c);
        for (; c < count; c++)
            target[c] = factor * x[c];
    }

    /// <summary>target += factor x.</summary>
    public static void Add(float* target, float factor, float* x, int count)
    {
        var factors = Vector256.Create(factor);
        int c = 0;
        for (; c <= count - 8; c += 8)
            Vector256.Store(Vector256.FusedMultiplyAdd(factors, Vector256.Load(x + c), Vector256.Load(target + c)), target + c);
        for (; c < count; c++)
            target[c] += factor * x[c];
    }

    /// <summary>target = first a + sum_i factors[i stride] rows_i, where row i is at rows + i count. One pass over the target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Combine(float* target, float first, float* a, float* factors, nint stride, float* rows, int n, int count)
    {
        int c = 0;
        for (; c <= count - 8; c += 8)
        {
            Vector256<float> sum = a == null ? default : Vector256.Create(first) * Vector256.Load(a + c);
            for (int i = 0; i < n; i++)
                sum = Vector256.FusedMultiplyAdd(Vector256.Create(factors[i * stride]), Vector256.Load(rows + (i * (nint)count) + c), sum);
            Vector256.Store(sum, target + c);
        }
        for (; c < count; c++)
        {
            float sum = a == null ? 0 : first * a[c];
            for (int i = 0; i < n; i++)
                sum += factors[i * stride] * rows[(i * (nint)count) + c];
            target[c] = sum;
        }
    }

    /// <summary>Eight numbers from <paramref name="source"/>, or fewer and zeros.</summary>
    public static Vector256<float> Load(float* source, int count)
    {
        if (count >= 8)
            return Vector256.Load(source);
        float* padded = stackalloc float[8];
        for (int i = 0; i < 8; i++)
            padded[i] = i < count ? source[i] : 0;
        return Vector256.Load(padded);
    }

    /// <summary>Writes eight numbers to <paramref name="target"/>, or the first <paramref name="count"/>.</summary>
    public static void Store(Vector256<float> values, float* target, int count)
    {
        if (count >= 8)
        {
            values.Store(target);
            return;
        }
        for (int i = 0; i < count; i++)
            target[i] = values[i];
    }
}
