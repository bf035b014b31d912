using System.Runtime.CompilerServices;
using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// What happens to one token's streams [n,C] once its coefficients are known. Four streams, the usual number, have loops of their own
/// that read every number once; other numbers read streams again for each new one, from the first cache.
/// </summary>
internal static unsafe class StreamMixing
{
    /// <summary>y_j = post_j f + sum_i comb[i,j] x_i.</summary>
    /// <param name="x">[n,C].</param>
    /// <param name="f">[C].</param>
    /// <param name="q">post [n], then comb [n*n], or post alone when <paramref name="mixes"/> is false.</param>
    /// <param name="y">[n,C], written.</param>
    /// <param name="n">Streams.</param>
    /// <param name="width">C.</param>
    /// <param name="mixes">False when comb is the identity.</param>
    /// <param name="past">True to write past the caches; y and C must then be multiples of the vector.</param>
    public static void Write<V>(float* x, float* f, float* q, float* y, int n, int width, bool mixes, bool past)
        where V : unmanaged, ILanes<V>
    {
        int even = width - (width % V.Count);
        Columns<V>(x, f, q, y, n, width, 0, even, mixes, past);
        Columns<Lanes1>(x, f, q, y, n, width, even, width, mixes, past: false);
    }

    /// <summary>The same where every x_i is <paramref name="e"/>: y_j = post_j f + (sum_i comb[i,j]) e.</summary>
    /// <param name="e">[C].</param>
    /// <param name="f">[C].</param>
    /// <param name="q">As for <see cref="Write"/>.</param>
    /// <param name="y">[n,C], written.</param>
    /// <param name="n">Streams.</param>
    /// <param name="width">C.</param>
    /// <param name="mixes">False when comb is the identity.</param>
    public static void WriteEqual<V>(float* e, float* f, float* q, float* y, int n, int width, bool mixes)
        where V : unmanaged, ILanes<V>
    {
        int even = width - (width % V.Count);
        for (int j = 0; j < n; j++, y += width)
        {
            float column = mixes ? 0 : 1;
            for (int i = 0; i < n && mixes; i++)
                column += q[n + (i * n) + j];
            WeighedSum<V>(f, q[j], e, column, y, 0, even);
            WeighedSum<Lanes1>(f, q[j], e, column, y, even, width);
        }
    }

    /// <summary>u = sum_i pre_i x_i.</summary>
    /// <param name="x">[n,C].</param>
    /// <param name="pre">pre_i at i stride.</param>
    /// <param name="stride">Distance of pre's elements.</param>
    /// <param name="u">[C], written.</param>
    /// <param name="n">Streams.</param>
    /// <param name="width">C.</param>
    public static void Read<V>(float* x, float* pre, nint stride, float* u, int n, int width)
        where V : unmanaged, ILanes<V>
    {
        int even = width - (width % V.Count);
        ReadColumns<V>(x, pre, stride, u, n, width, 0, even);
        ReadColumns<Lanes1>(x, pre, stride, u, n, width, even, width);
    }

    /// <summary>The gradients of <see cref="Write"/>.</summary>
    /// <param name="x">[n,C].</param>
    /// <param name="f">[C].</param>
    /// <param name="q">post, comb.</param>
    /// <param name="gy">Of y [n,C].</param>
    /// <param name="gx">Of x [n,C], written.</param>
    /// <param name="gf">Of f [C], written.</param>
    /// <param name="gq">Of q, written.</param>
    /// <param name="n">Streams.</param>
    /// <param name="width">C.</param>
    /// <param name="mixes">False when comb is the identity.</param>
    public static void WriteBackward<V>(float* x, float* f, float* q, float* gy, float* gx, float* gf, float* gq, int n, int width, bool mixes)
        where V : unmanaged, ILanes<V>
    {
        int even = width - (width % V.Count), count = n + (mixes ? n * n : 0);
        for (int k = 0; k < count; k++)
            gq[k] = 0;
        ColumnsBackward<V>(x, f, q, gy, gx, gf, gq, n, width, 0, even, mixes);
        ColumnsBackward<Lanes1>(x, f, q, gy, gx, gf, gq, n, width, even, width, mixes);
    }

    private static void Columns<V>(float* x, float* f, float* q, float* y, int n, int width, int from, int to, bool mixes, bool past)
        where V : unmanaged, ILanes<V>
    {
        if (n == 4 && mixes)
        {
            FourColumns<V>(x, f, q, y, width, from, to, past);
            return;
        }
        for (int j = 0; j < n; j++)
        {
            float* target = y + ((nint)j * width);
            for (int c = from; c < to; c += V.Count)
            {
                V sum = V.Of(q[j]) * V.Load(f + c);
                if (mixes)
                    for (int i = 0; i < n; i++)
                        sum = V.MultiplyAdd(V.Of(q[n + (i * n) + j]), V.Load(x + ((nint)i * width) + c), sum);
                else
                    sum += V.Load(x + ((nint)j * width) + c);
                Put(sum, target + c, past);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourColumns<V>(float* x, float* f, float* q, float* y, int width, int from, int to, bool past)
        where V : unmanaged, ILanes<V>
    {
        V p0 = V.Of(q[0]), p1 = V.Of(q[1]), p2 = V.Of(q[2]), p3 = V.Of(q[3]);
        V c00 = V.Of(q[4]), c01 = V.Of(q[5]), c02 = V.Of(q[6]), c03 = V.Of(q[7]);
        V c10 = V.Of(q[8]), c11 = V.Of(q[9]), c12 = V.Of(q[10]), c13 = V.Of(q[11]);
        V c20 = V.Of(q[12]), c21 = V.Of(q[13]), c22 = V.Of(q[14]), c23 = V.Of(q[15]);
        V c30 = V.Of(q[16]), c31 = V.Of(q[17]), c32 = V.Of(q[18]), c33 = V.Of(q[19]);
        float* x1 = x + width, x2 = x1 + width, x3 = x2 + width, y1 = y + width, y2 = y1 + width, y3 = y2 + width;
        for (int c = from; c < to; c += V.Count)
        {
            V a0 = V.Load(x + c), a1 = V.Load(x1 + c), a2 = V.Load(x2 + c), a3 = V.Load(x3 + c), b = V.Load(f + c);
            Put(V.MultiplyAdd(c30, a3, V.MultiplyAdd(c20, a2, V.MultiplyAdd(c10, a1, V.MultiplyAdd(c00, a0, p0 * b)))), y + c, past);
            Put(V.MultiplyAdd(c31, a3, V.MultiplyAdd(c21, a2, V.MultiplyAdd(c11, a1, V.MultiplyAdd(c01, a0, p1 * b)))), y1 + c, past);
            Put(V.MultiplyAdd(c32, a3, V.MultiplyAdd(c22, a2, V.MultiplyAdd(c12, a1, V.MultiplyAdd(c02, a0, p2 * b)))), y2 + c, past);
            Put(V.MultiplyAdd(c33, a3, V.MultiplyAdd(c23, a2, V.MultiplyAdd(c13, a1, V.MultiplyAdd(c03, a0, p3 * b)))), y3 + c, past);
        }
    }

    private static void WeighedSum<V>(float* a, float ofA, float* b, float ofB, float* y, int from, int to)
        where V : unmanaged, ILanes<V>
    {
        for (int c = from; c < to; c += V.Count)
            V.MultiplyAdd(V.Of(ofB), V.Load(b + c), V.Of(ofA) * V.Load(a + c)).Store(y + c);
    }

    private static void ReadColumns<V>(float* x, float* pre, nint stride, float* u, int n, int width, int from, int to)
        where V : unmanaged, ILanes<V>
    {
        for (int c = from; c < to; c += V.Count)
        {
            V sum = V.Of(pre[0]) * V.Load(x + c);
            for (int i = 1; i < n; i++)
                sum = V.MultiplyAdd(V.Of(pre[i * stride]), V.Load(x + ((nint)i * width) + c), sum);
            sum.Store(u + c);
        }
    }

    private static void ColumnsBackward<V>(float* x, float* f, float* q, float* gy, float* gx, float* gf, float* gq, int n, int width, int from, int to, bool mixes)
        where V : unmanaged, ILanes<V>
    {
        if (from == to)
            return;
        if (n == 4 && mixes)
        {
            FourColumnsBackward<V>(x, f, q, gy, gx, gf, gq, width, from, to);
            return;
        }
        for (int c = from; c < to; c += V.Count)
        {
            V sum = V.Of(q[0]) * V.Load(gy + c);
            for (int j = 1; j < n; j++)
                sum = V.MultiplyAdd(V.Of(q[j]), V.Load(gy + ((nint)j * width) + c), sum);
            sum.Store(gf + c);
        }
        for (int j = 0; j < n; j++)
            gq[j] += Row.Dot<V>(f + from, gy + ((nint)j * width) + from, to - from);
        for (int i = 0; i < n; i++)
        {
            float* row = q + n + (i * n);
            float* target = gx + ((nint)i * width);
            for (int c = from; c < to; c += V.Count)
            {
                V sum = default;
                if (mixes)
                    for (int j = 0; j < n; j++)
                        sum = V.MultiplyAdd(V.Of(row[j]), V.Load(gy + ((nint)j * width) + c), sum);
                else
                    sum = V.Load(gy + ((nint)i * width) + c);
                sum.Store(target + c);
            }
            for (int j = 0; j < n && mixes; j++)
                gq[n + (i * n) + j] += Row.Dot<V>(x + ((nint)i * width) + from, gy + ((nint)j * width) + from, to - from);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourColumnsBackward<V>(float* x, float* f, float* q, float* gy, float* gx, float* gf, float* gq, int width, int from, int to)
        where V : unmanaged, ILanes<V>
    {
        V p0 = default, p1 = default, p2 = default, p3 = default;
        V c00 = default, c01 = default, c02 = default, c03 = default, c10 = default, c11 = default, c12 = default, c13 = default;
        V c20 = default, c21 = default, c22 = default, c23 = default, c30 = default, c31 = default, c32 = default, c33 = default;
        float* x1 = x + width, x2 = x1 + width, x3 = x2 + width;
        float* gy1 = gy + width, gy2 = gy1 + width, gy3 = gy2 + width;
        float* gx1 = gx + width, gx2 = gx1 + width, gx3 = gx2 + width;
        for (int c = from; c < to; c += V.Count)
        {
            V g0 = V.Load(gy + c), g1 = V.Load(gy1 + c), g2 = V.Load(gy2 + c), g3 = V.Load(gy3 + c);
            V b = V.Load(f + c);
            p0 = V.MultiplyAdd(b, g0, p0);
            p1 = V.MultiplyAdd(b, g1, p1);
            p2 = V.MultiplyAdd(b, g2, p2);
            p3 = V.MultiplyAdd(b, g3, p3);
            Four(g0, g1, g2, g3, q).Store(gf + c);
            V a = V.Load(x + c);
            c00 = V.MultiplyAdd(a, g0, c00);
            c01 = V.MultiplyAdd(a, g1, c01);
            c02 = V.MultiplyAdd(a, g2, c02);
            c03 = V.MultiplyAdd(a, g3, c03);
            Four(g0, g1, g2, g3, q + 4).Store(gx + c);
            a = V.Load(x1 + c);
            c10 = V.MultiplyAdd(a, g0, c10);
            c11 = V.MultiplyAdd(a, g1, c11);
            c12 = V.MultiplyAdd(a, g2, c12);
            c13 = V.MultiplyAdd(a, g3, c13);
            Four(g0, g1, g2, g3, q + 8).Store(gx1 + c);
            a = V.Load(x2 + c);
            c20 = V.MultiplyAdd(a, g0, c20);
            c21 = V.MultiplyAdd(a, g1, c21);
            c22 = V.MultiplyAdd(a, g2, c22);
            c23 = V.MultiplyAdd(a, g3, c23);
            Four(g0, g1, g2, g3, q + 12).Store(gx2 + c);
            a = V.Load(x3 + c);
            c30 = V.MultiplyAdd(a, g0, c30);
            c31 = V.MultiplyAdd(a, g1, c31);
            c32 = V.MultiplyAdd(a, g2, c32);
            c33 = V.MultiplyAdd(a, g3, c33);
            Four(g0, g1, g2, g3, q + 16).Store(gx3 + c);
        }
        float* sums = stackalloc float[24];
        V.Sums(p0, p1, p2, p3, c00, c01, c02, c03, sums);
        V.Sums(c10, c11, c12, c13, c20, c21, c22, c23, sums + 8);
        V.Sums(c30, c31, c32, c33, default, default, default, default, sums + 16);
        for (int k = 0; k < 20; k++)
            gq[k] += sums[k];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Four<V>(V a0, V a1, V a2, V a3, float* factors)
        where V : unmanaged, ILanes<V> =>
        V.MultiplyAdd(V.Of(factors[3]), a3, V.MultiplyAdd(V.Of(factors[2]), a2, V.MultiplyAdd(V.Of(factors[1]), a1, V.Of(factors[0]) * a0)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(V value, float* target, bool past)
        where V : unmanaged, ILanes<V>
    {
        if (past)
            value.Stream(target);
        else
            value.Store(target);
    }
}
