using MhcPipeline.Core.Kernels.Simd;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

/// <summary>The matrix products that kernels are made of, against their sums in double precision.</summary>
public sealed unsafe class ProductTests
{
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 3, 5, 7 }, { 8, 4, 48 }, { 9, 20, 97 }, { 17, 3, 65 }, { 24, 70, 33 }, { 2, 130, 16 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_product_is_added_to_what_is_there(int m, int k, int n)
    {
        float[] a = KernelNumbers.Normal(m * k, 1), b = KernelNumbers.Normal(k * n, 2), c = KernelNumbers.Normal(m * n, 3);
        double[] expected = [.. Enumerable.Range(0, m * n).Select(at => c[at] + Enumerable.Range(0, k).Sum(l => (double)a[((at / n) * k) + l] * b[(l * n) + (at % n)]))];
        float[] columns = [.. Enumerable.Range(0, m * k).Select(at => a[((at % m) * k) + (at / m)])]; // A transposed
        Check(Micro<Lanes512>, Micro<Lanes256>, Micro<Lanes128>, Micro<Lanes1>);

        void Check(params Func<float[], bool, float[]>[] widths)
        {
            foreach (Func<float[], bool, float[]> product in widths)
            {
                KernelNumbers.Close(expected, product(a, false), 2e-6, product.Method.ToString()!);
                KernelNumbers.Close(expected, product(columns, true), 2e-6, product.Method.ToString()!);
            }
        }

        float[] Micro<V>(float[] left, bool transposed)
            where V : unmanaged, ILanes<V>
        {
            float[] sums = [.. c];
            fixed (float* pa = left, pb = b, pc = sums)
                MicroProduct.Add<V>(pa, transposed ? 1 : k, transposed ? m : 1, pb, n, pc, n, m, k, n);
            return sums;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rows_are_multiplied_with_rows(int m, int k, int width)
    {
        float[] a = KernelNumbers.Normal(m * width, 1), b = KernelNumbers.Normal(k * width, 2);
        double[] expected = [.. Enumerable.Range(0, k * m).Select(at => Enumerable.Range(0, width).Sum(c => (double)a[((at % m) * width) + c] * b[((at / m) * width) + c]))];
        KernelNumbers.Close(expected, Rows<Lanes512>(), 2e-6, "16 lanes");
        KernelNumbers.Close(expected, Rows<Lanes256>(), 2e-6, "8 lanes");
        KernelNumbers.Close(expected, Rows<Lanes128>(), 2e-6, "4 lanes");
        KernelNumbers.Close(expected, Rows<Lanes1>(), 2e-6, "1 lane");

        float[] Rows<V>()
            where V : unmanaged, ILanes<V>
        {
            float[] products = new float[k * m];
            fixed (float* pa = a, pb = b, pc = products)
                RowProducts.Set<V>(pa, m, pb, k, width, pc, m);
            return products;
        }
    }
}
