using System.Runtime.CompilerServices;

namespace MhcPipeline.Core.Kernels.Simd;

/// <summary>
/// Matrix products of operands that are in a cache already: C = A B or C += A B, in tiles of 8 rows by 3 vectors (2 where a machine has 16
/// registers) whose sums stay in registers, so that a step of 24 multiplications loads 11 operands.
/// </summary>
internal static unsafe class MicroProduct
{
    /// <summary>C [m,n] += A [m,k] B [k,n].</summary>
    /// <param name="a">A: element [i,l] is at a + i aRow + l aColumn.</param>
    /// <param name="aRow">Distance of A's rows.</param>
    /// <param name="aColumn">Distance of A's columns.</param>
    /// <param name="b">B; neighbours in a row are neighbours in memory.</param>
    /// <param name="bRow">Distance of B's rows.</param>
    /// <param name="c">C, likewise.</param>
    /// <param name="cRow">Distance of C's rows.</param>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="k">Columns of A, rows of B.</param>
    /// <param name="n">Columns of B and C.</param>
    public static void Add<V>(float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, int m, int k, int n)
        where V : unmanaged, ILanes<V> => Run<V>(a, aRow, aColumn, b, bRow, c, cRow, m, k, n, add: true);

    /// <summary>C [m,n] = A [m,k] B [k,n] or, with <paramref name="add"/>, C += A B; the other parameters as those of <see cref="Add"/>.</summary>
    public static void Run<V>(float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, int m, int k, int n, bool add)
        where V : unmanaged, ILanes<V>
    {
        int column = 0;
        if (V.Count == 16) // AVX-512 has 32 registers, the others 16
        {
            for (; column <= n - (3 * V.Count); column += 3 * V.Count)
            {
                int row = 0;
                for (; row <= m - 8; row += 8)
                    Tile8By3<V>(a + (row * aRow), aRow, aColumn, b + column, bRow, c + (row * cRow) + column, cRow, k, add);
                for (; row < m; row++)
                {
                    Tile1By2<V>(a + (row * aRow), aColumn, b + column, bRow, c + (row * cRow) + column, k, add);
                    Tile1By1<V>(a + (row * aRow), aColumn, b + column + (2 * V.Count), bRow, c + (row * cRow) + column + (2 * V.Count), k, add);
                }
            }
        }
        for (; column <= n - (2 * V.Count); column += 2 * V.Count)
        {
            int row = 0;
            for (; row <= m - 8; row += 8)
                Tile8By2<V>(a + (row * aRow), aRow, aColumn, b + column, bRow, c + (row * cRow) + column, cRow, k, add);
            for (; row < m; row++)
                Tile1By2<V>(a + (row * aRow), aColumn, b + column, bRow, c + (row * cRow) + column, k, add);
        }
        for (; column <= n - V.Count; column += V.Count)
        {
            int row = 0;
            for (; row <= m - 8; row += 8)
                Tile8By1<V>(a + (row * aRow), aRow, aColumn, b + column, bRow, c + (row * cRow) + column, cRow, k, add);
            for (; row < m; row++)
                Tile1By1<V>(a + (row * aRow), aColumn, b + column, bRow, c + (row * cRow) + column, k, add);
        }
        for (; column < n; column++)
            for (int row = 0; row < m; row++)
            {
                float sum = 0;
                for (int l = 0; l < k; l++)
                    sum += a[(row * aRow) + (l * aColumn)] * b[(l * bRow) + column];
                float* target = c + (row * cRow) + column;
                *target = add ? *target + sum : sum;
            }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile8By3<V>(float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, int k, bool add)
        where V : unmanaged, ILanes<V>
    {
        V p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
        V q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default, q6 = default, q7 = default;
        V r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default, r6 = default, r7 = default;
        float* a3 = a + (3 * aRow), a6 = a3 + (3 * aRow);
        for (int l = 0; l < k; l++)
        {
            V left = V.Load(b), middle = V.Load(b + V.Count), right = V.Load(b + (2 * V.Count));
            V x = V.Of(*a);
            p0 = V.MultiplyAdd(x, left, p0);
            q0 = V.MultiplyAdd(x, middle, q0);
            r0 = V.MultiplyAdd(x, right, r0);
            x = V.Of(a[aRow]);
            p1 = V.MultiplyAdd(x, left, p1);
            q1 = V.MultiplyAdd(x, middle, q1);
            r1 = V.MultiplyAdd(x, right, r1);
            x = V.Of(a[2 * aRow]);
            p2 = V.MultiplyAdd(x, left, p2);
            q2 = V.MultiplyAdd(x, middle, q2);
            r2 = V.MultiplyAdd(x, right, r2);
            x = V.Of(*a3);
            p3 = V.MultiplyAdd(x, left, p3);
            q3 = V.MultiplyAdd(x, middle, q3);
            r3 = V.MultiplyAdd(x, right, r3);
            x = V.Of(a3[aRow]);
            p4 = V.MultiplyAdd(x, left, p4);
            q4 = V.MultiplyAdd(x, middle, q4);
            r4 = V.MultiplyAdd(x, right, r4);
            x = V.Of(a3[2 * aRow]);
            p5 = V.MultiplyAdd(x, left, p5);
            q5 = V.MultiplyAdd(x, middle, q5);
            r5 = V.MultiplyAdd(x, right, r5);
            x = V.Of(*a6);
            p6 = V.MultiplyAdd(x, left, p6);
            q6 = V.MultiplyAdd(x, middle, q6);
            r6 = V.MultiplyAdd(x, right, r6);
            x = V.Of(a6[aRow]);
            p7 = V.MultiplyAdd(x, left, p7);
            q7 = V.MultiplyAdd(x, middle, q7);
            r7 = V.MultiplyAdd(x, right, r7);
            a += aColumn;
            a3 += aColumn;
            a6 += aColumn;
            b += bRow;
        }
        Put(c, p0, q0, r0, add);
        Put(c + cRow, p1, q1, r1, add);
        Put(c + (2 * cRow), p2, q2, r2, add);
        Put(c + (3 * cRow), p3, q3, r3, add);
        Put(c + (4 * cRow), p4, q4, r4, add);
        Put(c + (5 * cRow), p5, q5, r5, add);
        Put(c + (6 * cRow), p6, q6, r6, add);
        Put(c + (7 * cRow), p7, q7, r7, add);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile8By2<V>(float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, int k, bool add)
        where V : unmanaged, ILanes<V>
    {
        V p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
        V q0 = default, q1 = default, q2 = default, q3 = default, q4 = default, q5 = default, q6 = default, q7 = default;
        float* a3 = a + (3 * aRow), a6 = a3 + (3 * aRow);
        for (int l = 0; l < k; l++)
        {
            V left = V.Load(b), right = V.Load(b + V.Count);
            V x = V.Of(*a);
            p0 = V.MultiplyAdd(x, left, p0);
            q0 = V.MultiplyAdd(x, right, q0);
            x = V.Of(a[aRow]);
            p1 = V.MultiplyAdd(x, left, p1);
            q1 = V.MultiplyAdd(x, right, q1);
            x = V.Of(a[2 * aRow]);
            p2 = V.MultiplyAdd(x, left, p2);
            q2 = V.MultiplyAdd(x, right, q2);
            x = V.Of(*a3);
            p3 = V.MultiplyAdd(x, left, p3);
            q3 = V.MultiplyAdd(x, right, q3);
            x = V.Of(a3[aRow]);
            p4 = V.MultiplyAdd(x, left, p4);
            q4 = V.MultiplyAdd(x, right, q4);
            x = V.Of(a3[2 * aRow]);
            p5 = V.MultiplyAdd(x, left, p5);
            q5 = V.MultiplyAdd(x, right, q5);
            x = V.Of(*a6);
            p6 = V.MultiplyAdd(x, left, p6);
            q6 = V.MultiplyAdd(x, right, q6);
            x = V.Of(a6[aRow]);
            p7 = V.MultiplyAdd(x, left, p7);
            q7 = V.MultiplyAdd(x, right, q7);
            a += aColumn;
            a3 += aColumn;
            a6 += aColumn;
            b += bRow;
        }
        Put(c, p0, q0, add);
        Put(c + cRow, p1, q1, add);
        Put(c + (2 * cRow), p2, q2, add);
        Put(c + (3 * cRow), p3, q3, add);
        Put(c + (4 * cRow), p4, q4, add);
        Put(c + (5 * cRow), p5, q5, add);
        Put(c + (6 * cRow), p6, q6, add);
        Put(c + (7 * cRow), p7, q7, add);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile8By1<V>(float* a, nint aRow, nint aColumn, float* b, nint bRow, float* c, nint cRow, int k, bool add)
        where V : unmanaged, ILanes<V>
    {
        V p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
        float* a3 = a + (3 * aRow), a6 = a3 + (3 * aRow);
        for (int l = 0; l < k; l++)
        {
            V x = V.Load(b);
            p0 = V.MultiplyAdd(V.Of(*a), x, p0);
            p1 = V.MultiplyAdd(V.Of(a[aRow]), x, p1);
            p2 = V.MultiplyAdd(V.Of(a[2 * aRow]), x, p2);
            p3 = V.MultiplyAdd(V.Of(*a3), x, p3);
            p4 = V.MultiplyAdd(V.Of(a3[aRow]), x, p4);
            p5 = V.MultiplyAdd(V.Of(a3[2 * aRow]), x, p5);
            p6 = V.MultiplyAdd(V.Of(*a6), x, p6);
            p7 = V.MultiplyAdd(V.Of(a6[aRow]), x, p7);
            a += aColumn;
            a3 += aColumn;
            a6 += aColumn;
            b += bRow;
        }
        Put(c, p0, add);
        Put(c + cRow, p1, add);
        Put(c + (2 * cRow), p2, add);
        Put(c + (3 * cRow), p3, add);
        Put(c + (4 * cRow), p4, add);
        Put(c + (5 * cRow), p5, add);
        Put(c + (6 * cRow), p6, add);
        Put(c + (7 * cRow), p7, add);
    }

    private static void Tile1By2<V>(float* a, nint aColumn, float* b, nint bRow, float* c, int k, bool add)
        where V : unmanaged, ILanes<V>
    {
        V p = default, q = default;
        for (int l = 0; l < k; l++)
        {
            V x = V.Of(*a);
            p = V.MultiplyAdd(x, V.Load(b), p);
            q = V.MultiplyAdd(x, V.Load(b + V.Count), q);
            a += aColumn;
            b += bRow;
        }
        Put(c, p, q, add);
    }

    private static void Tile1By1<V>(float* a, nint aColumn, float* b, nint bRow, float* c, int k, bool add)
        where V : unmanaged, ILanes<V>
    {
        V p = default;
        for (int l = 0; l < k; l++)
        {
            p = V.MultiplyAdd(V.Of(*a), V.Load(b), p);
            a += aColumn;
            b += bRow;
        }
        Put(c, p, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(float* c, V left, V middle, V right, bool add)
        where V : unmanaged, ILanes<V>
    {
        Put(c, left, middle, add);
        Put(c + (2 * V.Count), right, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(float* c, V left, V right, bool add)
        where V : unmanaged, ILanes<V>
    {
        Put(c, left, add);
        Put(c + V.Count, right, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(float* c, V sum, bool add)
        where V : unmanaged, ILanes<V> =>
        (add ? V.Load(c) + sum : sum).Store(c);
}
