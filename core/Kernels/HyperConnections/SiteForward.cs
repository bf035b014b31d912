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

    /// <summary>How many parts the tokens are cut into.</summary>
    public int Parts;

    /// <summary>How many parts fn is cut into, for as many threads: of the products of a single part of tokens.</summary>
    public int RowParts;

    private readonly int _groups = parameters.Summed ? 1 : map.Groups;
    private readonly int _width = parameters.Summed ? shape.Width : shape.Flat / map.Groups;

    public readonly void Run<V>(int part)
        where V : unmanaged, ILanes<V>
    {
        int tile = shape.Tile, n = shape.Streams, read = parameters.Summed ? 1 : n;
        float* x = Scratch.Tiles((tile * shape.Flat) + (n * tile));
        float* pre = x + (tile * shape.Flat); // [n, tile]
        int end = shape.End(part, Parts);
        for (int first = shape.Start(part, Parts); first < end; first += tile)
        {
            int count = Math.Min(tile, end - first);
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
        var products = new FnProducts { X = x, Count = rows, Fn = parameters.Fn, Rows = map.Rows, Width = _width, Products = Products + start, Distance = (nint)shape.Tokens * _groups, Parts = RowParts };
        if (RowParts > 1)
            LanesJobs.Run(products, RowParts);
        else
            products.Run<V>(0);
        for (int row = 0; row < rows; row++)
        {
            float* f = x + ((nint)row * _width);
            Roots[start + row] = (float)(1 / Math.Sqrt((Row.Dot<V>(f, f, _width) / (double)_width) + map.NormEps));
        }
    }

    /// <summary>Products of some rows of x with the rows of fn, a part of fn at a time.</summary>
    private struct FnProducts : ILanesJob
    {
        public float* X;
        public int Count;
        public float* Fn;
        public int Rows;
        public int Width;
        public float* Products;
        public nint Distance;
        public int Parts;

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V>
        {
            int first = Rows * part / Parts, end = Rows * (part + 1) / Parts;
            RowProducts.Set<V>(X, Count, Fn + ((nint)first * Width), end - first, Width, Products + (first * Distance), Distance);
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
