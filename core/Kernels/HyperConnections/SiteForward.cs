using System.Runtime.CompilerServices;
using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The forward pass of <see cref="SiteKernel"/>.</summary>
internal unsafe struct SiteForward(SiteMap map, SiteShape shape, Before before, SiteParameters parameters) : ILanesJob
{
    public float* Streams;
    public float* Products;
    public float* Roots;
    public float* Writing;
    public float* Input;

    private readonly int _groups = parameters.Summed ? 1 : map.Groups;
    private readonly int _width = parameters.Summed ? shape.Width : shape.Flat / map.Groups;

    public readonly void Run<V>(int part)
        where V : unmanaged, ILanes<V>
    {
        int tile = shape.Tile, n = shape.Streams, read = parameters.Summed ? 1 : n;
        float* x = Scratch.Tiles((tile * shape.Flat) + (n * tile));
        float* pre = x + (tile * shape.Flat); // [n, tile]
        for (int first = shape.Start(part); first < shape.End(part); first += tile)
        {
            int count = Math.Min(tile, shape.End(part) - first);
            float* target = parameters.Summed ? before.Embedding + ((nint)first * shape.Width) : Streams == null ? x : Streams + ((nint)first * shape.Flat);
            if (!parameters.Summed)
                before.Streams<V>(shape, first, first + count, target, past: false);
            Project<V>(target, first, count);
            for (int t = 0; t < count; t += V.Count)
                Coefficients<V>(pre, first, t, Math.Min(V.Count, count - t));
            for (int t = 0; t < count; t++)
                StreamMixing.Read<V>(target + ((nint)t * read * shape.Width), pre + t, tile, Input + ((nint)(first + t) * shape.Width), read, shape.Width);
        }
    }

    /// <summary>Products and roots of a tile.</summary>
    private readonly void Project<V>(float* x, int first, int count)
        where V : unmanaged, ILanes<V>
    {
        if (map.Rows == 0)
            return;
        int rows = count * _groups;
        nint start = (nint)first * _groups;
        RowProducts.Set<V>(x, rows, parameters.Fn, map.Rows, _width, Products + start, (nint)shape.Tokens * _groups);
        for (int row = 0; row < rows; row++)
        {
            float* f = x + ((nint)row * _width);
            Roots[start + row] = (float)(1 / Math.Sqrt((Row.Dot<V>(f, f, _width) / (double)_width) + map.NormEps));
        }
    }

    /// <summary>Coefficients of as many tokens as a vector has lanes; those beyond the last are computed too and dropped.</summary>
    [SkipLocalsInit]
    private readonly void Coefficients<V>(float* pre, int first, int t, int count)
        where V : unmanaged, ILanes<V>
    {
        int n = shape.Streams;
        V* m = stackalloc V[map.Rows * map.Groups];
        V* q = stackalloc V[n + map.WritingRows];
        TokenLanes.Normed(map, shape, _groups, Products, Roots, first + t, count, m);
        map.Forward(m, parameters.Scale, parameters.Bias, q);
        for (int i = 1; i < n && parameters.Summed; i++)
            q[0] += q[i]; // u = (sum_i pre_i) X_0
        for (int i = 0; i < n; i++)
            q[i].Store(pre + (i * shape.Tile) + t);
        for (int row = 0; row < map.WritingRows; row++)
            TokenLanes.Store(q[n + row], Writing + ((nint)row * shape.Tokens) + first + t, count);
    }
}
