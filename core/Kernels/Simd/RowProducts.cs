using System.Runtime.CompilerServices;

namespace MhcPipeline.Core.Kernels.Simd;

/// <summary>
/// Products of rows with rows, C = A B^T, where both are long and one of them has few rows: eight rows by three are added up in 24 registers,
/// so that a step of 24 multiplications loads 11 operands, and nothing is transposed or padded. Sums are added up in one order, however many
/// rows there are: a token has the same products alone and among others.
/// </summary>
internal static unsafe class RowProducts
{
    /// <summary>c[j, i] = a_i . b_j.</summary>
    /// <param name="a">[m, width], dense.</param>
    /// <param name="m">Rows of a.</param>
    /// <param name="b">[k, width], dense.</param>
    /// <param name="k">Rows of b.</param>
    /// <param name="width">Length of all rows.</param>
    /// <param name="c">Row j of b has its products at c + j cRow, one for each row of a.</param>
    /// <param name="cRow">Distance of c's rows.</param>
    public static void Set<V>(float* a, int m, float* b, int k, int width, float* c, nint cRow)
        where V : unmanaged, ILanes<V>
    {
        int even = width - (width % V.Count);
        int i = 0;
        for (; i <= m - 8; i += 8)
        {
            int j = 0;
            for (; j <= k - 3; j += 3)
                Tile8By3<V>(a + ((nint)i * width), b + ((nint)j * width), width, even, c + i + (j * cRow), cRow);
            for (; j < k; j++)
                Tile8By1<V>(a + ((nint)i * width), b + ((nint)j * width), width, even, c + i + (j * cRow));
        }
        if (i < m)
            Few<V>(a + ((nint)i * width), m - i, b, k, width, even, c + i, cRow);
        for (int column = even; column < width; column++)
            for (i = 0; i < m; i++)
                for (int j = 0; j < k; j++)
                    c[i + (j * cRow)] += a[((nint)i * width) + column] * b[((nint)j * width) + column];
    }

    /// <summary>The same for fewer than eight rows of a, with b's rows in their place: b, which is larger, is then read once for every three of a.</summary>
    private static void Few<V>(float* a, int m, float* b, int k, int width, int even, float* c, nint cRow)
        where V : unmanaged, ILanes<V>
    {
        float* sums = stackalloc float[3 * 8]; // [rows of a, rows of b]
        int j = 0;
        for (; j <= k - 8; j += 8)
        {
            float* rows = b + ((nint)j * width);
            for (int i = 0; i < m;)
            {
                int count = m - i >= 3 ? 3 : 1;
                if (count == 3)
                    Tile8By3<V>(rows, a + ((nint)i * width), width, even, sums, 8);
                else
                    Tile8By1<V>(rows, a + ((nint)i * width), width, even, sums);
                for (int row = 0; row < count; row++, i++)
                    for (int l = 0; l < 8; l++)
                        c[i + ((j + l) * cRow)] = sums[(row * 8) + l];
            }
        }
        for (; j < k; j++)
            for (int i = 0; i < m; i++)
                c[i + (j * cRow)] = Product<V>(a + ((nint)i * width), b + ((nint)j * width), even);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile8By3<V>(float* a, float* b, nint width, int even, float* c, nint cRow)
        where V : unmanaged, ILanes<V>
    {
        V p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
        V q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default, q6 = default, q7 = default;
        V r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default, r6 = default, r7 = default;
        float* a3 = a + (3 * width), a6 = a3 + (3 * width), b1 = b + width, b2 = b1 + width;
        for (int column = 0; column < even; column += V.Count)
        {
            V x = V.Load(b + column), y = V.Load(b1 + column), z = V.Load(b2 + column);
            V f = V.Load(a + column);
            p0 = V.MultiplyAdd(f, x, p0);
            q0 = V.MultiplyAdd(f, y, q0);
            r0 = V.MultiplyAdd(f, z, r0);
            f = V.Load(a + width + column);
            p1 = V.MultiplyAdd(f, x, p1);
            q1 = V.MultiplyAdd(f, y, q1);
            r1 = V.MultiplyAdd(f, z, r1);
            f = V.Load(a + (2 * width) + column);
            p2 = V.MultiplyAdd(f, x, p2);
            q2 = V.MultiplyAdd(f, y, q2);
            r2 = V.MultiplyAdd(f, z, r2);
            f = V.Load(a3 + column);
            p3 = V.MultiplyAdd(f, x, p3);
            q3 = V.MultiplyAdd(f, y, q3);
            r3 = V.MultiplyAdd(f, z, r3);
            f = V.Load(a3 + width + column);
            p4 = V.MultiplyAdd(f, x, p4);
            q4 = V.MultiplyAdd(f, y, q4);
            r4 = V.MultiplyAdd(f, z, r4);
            f = V.Load(a3 + (2 * width) + column);
            p5 = V.MultiplyAdd(f, x, p5);
            q5 = V.MultiplyAdd(f, y, q5);
            r5 = V.MultiplyAdd(f, z, r5);
            f = V.Load(a6 + column);
            p6 = V.MultiplyAdd(f, x, p6);
            q6 = V.MultiplyAdd(f, y, q6);
            r6 = V.MultiplyAdd(f, z, r6);
            f = V.Load(a6 + width + column);
            p7 = V.MultiplyAdd(f, x, p7);
            q7 = V.MultiplyAdd(f, y, q7);
            r7 = V.MultiplyAdd(f, z, r7);
        }
        V.Sums(p0, p1, p2, p3, p4, p5, p6, p7, c);
        V.Sums(q0, q1, q2, q3, q4, q5, q6, q7, c + cRow);
        V.Sums(r0, r1, r2, r3, r4, r5, r6, r7, c + (2 * cRow));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile8By1<V>(float* a, float* b, nint width, int even, float* c)
        where V : unmanaged, ILanes<V>
    {
        V p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
        float* a3 = a + (3 * width), a6 = a3 + (3 * width);
        for (int column = 0; column < even; column += V.Count)
        {
            V x = V.Load(b + column);
            p0 = V.MultiplyAdd(V.Load(a + column), x, p0);
            p1 = V.MultiplyAdd(V.Load(a + width + column), x, p1);
            p2 = V.MultiplyAdd(V.Load(a + (2 * width) + column), x, p2);
            p3 = V.MultiplyAdd(V.Load(a3 + column), x, p3);
            p4 = V.MultiplyAdd(V.Load(a3 + width + column), x, p4);
            p5 = V.MultiplyAdd(V.Load(a3 + (2 * width) + column), x, p5);
            p6 = V.MultiplyAdd(V.Load(a6 + column), x, p6);
            p7 = V.MultiplyAdd(V.Load(a6 + width + column), x, p7);
        }
        V.Sums(p0, p1, p2, p3, p4, p5, p6, p7, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Product<V>(float* a, float* b, int even)
        where V : unmanaged, ILanes<V>
    {
        V sum = default;
        for (int column = 0; column < even; column += V.Count)
            sum = V.MultiplyAdd(V.Load(a + column), V.Load(b + column), sum);
        float* sums = stackalloc float[8];
        V.Sums(sum, default, default, default, default, default, default, default, sums);
        return sums[0];
    }
}
