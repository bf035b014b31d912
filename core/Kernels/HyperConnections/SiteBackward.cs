using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The backward pass of <see cref="SiteKernel"/>.</summary>
internal unsafe struct SiteBackward(SiteMap map, SiteShape shape, Before before, SiteParameters parameters) : ILanesJob
{
    public float* Streams;
    public float* Products;
    public float* Roots;
    public SiteGradients Gradients;

    private readonly int _width = shape.Flat / map.Groups;
    private float* _partial;

    /// <summary>Numbers of a part's own sums: fn, base, scale.</summary>
    private readonly int PartialLength => (map.Rows * _width) + map.Biases + map.Scales;

    public void Prepare()
    {
        _partial = Scratch.Sums(shape.Parts * PartialLength);
        new Span<float>(_partial, shape.Parts * PartialLength).Clear();
    }

    /// <summary>Adds the parts' sums up in the parts' order.</summary>
    public readonly void AddUp()
    {
        int fn = map.Rows * _width, length = PartialLength;
        for (int part = 1; part < shape.Parts; part++)
        {
            float* own = _partial + ((nint)part * length);
            for (int k = 0; k < length; k++)
                _partial[k] += own[k];
        }
        new Span<float>(_partial, fn).CopyTo(new Span<float>(Gradients.Fn, fn));
        new Span<float>(_partial + fn, map.Biases).CopyTo(new Span<float>(Gradients.Bias, map.Biases));
        new Span<float>(_partial + fn + map.Biases, map.Scales).CopyTo(new Span<float>(Gradients.Scale, map.Scales));
    }

    public readonly void Run<V>(int part)
        where V : unmanaged, ILanes<V>
    {
        int tile = shape.Tile, n = shape.Streams, rows = map.Rows, groups = map.Groups, flat = shape.Flat;
        float* x = Scratch.Tiles((2 * tile * flat) + (tile * groups * (rows + 1)) + (2 * n * tile));
        float* g = x + (tile * flat); // the whole gradient of X' [tile, n, C]
        float* ofProducts = g + (tile * flat); // [rows, tile * groups]
        float* pull = ofProducts + (tile * groups * rows); // the norm's share: the gradient of X' has pull times X' in it [groups, tile]
        float* pre = pull + (tile * groups); // [n, tile]
        float* ofPre = pre + (n * tile); // [n, tile]
        float* own = _partial + ((nint)part * PartialLength);
        V* ofScale = stackalloc V[map.Scales];
        V* ofBias = stackalloc V[map.Biases];
        for (int k = 0; k < map.Scales; k++)
            ofScale[k] = default;
        for (int k = 0; k < map.Biases; k++)
            ofBias[k] = default;

        int end = shape.End(part, shape.Parts);
        for (int first = shape.Start(part, shape.Parts); first < end; first += tile)
        {
            int count = Math.Min(tile, end - first);
            float* streams = x;
            if (Streams == null)
                before.Streams<V>(shape, first, first + count, x, past: false);
            else
                streams = Streams + ((nint)first * flat);
            GradientsOfPre<V>(streams, ofPre, first, count);
            for (int t = 0; t < count; t += V.Count)
                Coefficients(pre, ofPre, ofProducts, pull, ofScale, ofBias, first, t, Math.Min(V.Count, count - t));
            Gather<V>(streams, g, pre, pull, first, count);
            if (rows > 0)
            {
                int projected = count * groups, stride = tile * groups;
                MicroProduct.Add<V>(ofProducts, 1, stride, parameters.Fn, _width, g, _width, projected, rows, _width);
                MicroProduct.Add<V>(ofProducts, stride, 1, streams, _width, own, _width, rows, projected, _width);
            }
            WriteBackward<V>(g, first, count);
        }
        for (int k = 0; k < map.Biases; k++)
            own[(rows * _width) + k] = V.Sum(ofBias[k]);
        for (int k = 0; k < map.Scales; k++)
            own[(rows * _width) + map.Biases + k] = V.Sum(ofScale[k]);
    }

    /// <summary>dpre_i = du . X'_i.</summary>
    private readonly void GradientsOfPre<V>(float* streams, float* ofPre, int first, int count)
        where V : unmanaged, ILanes<V>
    {
        for (int t = 0; t < count; t++)
            for (int i = 0; i < shape.Streams; i++)
                ofPre[(i * shape.Tile) + t] = Row.Dot<V>(Gradients.Input + ((nint)(first + t) * shape.Width), streams + ((nint)((t * shape.Streams) + i) * shape.Width), shape.Width);
    }

    /// <summary>Through the coefficients of as many tokens as a vector has lanes.</summary>
    private readonly void Coefficients<V>(float* pre, float* ofPre, float* ofProducts, float* pull, V* ofScale, V* ofBias, int first, int t, int count)
        where V : unmanaged, ILanes<V>
    {
        int rows = map.Rows, groups = map.Groups, n = shape.Streams, tile = shape.Tile;
        V* m = stackalloc V[rows * groups];
        V* gm = stackalloc V[rows * groups];
        V* own = stackalloc V[n];
        V* gq = stackalloc V[n + map.WritingRows];
        TokenLanes.Normed(map, shape, map.Groups, Products, Roots, first + t, count, m);
        // Lanes beyond the last token have gradient 0 throughout, whatever their coefficients are.
        for (int i = 0; i < n; i++)
            gq[i] = TokenLanes.Load<V>(ofPre + (i * tile) + t, count);
        for (int row = 0; row < map.WritingRows; row++)
            gq[n + row] = TokenLanes.Load<V>(Gradients.Writing + ((nint)row * shape.Tokens) + first + t, count);
        map.Backward(m, parameters.Scale, parameters.Bias, own, gq, gm, ofScale, ofBias);
        for (int i = 0; i < n; i++)
            own[i].Store(pre + (i * tile) + t);

        for (int g = 0; g < groups && rows > 0; g++)
        {
            V root = TokenLanes.Load<V>(Roots + ((nint)(first + t) * groups) + g, count, groups), ofRoot = default;
            for (int row = 0; row < rows; row++)
            {
                int k = (g * rows) + row;
                ofRoot = V.MultiplyAdd(gm[k], m[k], ofRoot); // gm p = gm m / r: one r of r^3 below is spent here
                TokenLanes.Store(gm[k] * root, ofProducts + (row * tile * groups) + (t * groups) + g, count, groups);
            }
            // r = (mean(f^2) + eps)^(-1/2): dr/df = -r^3 f / width
            (ofRoot * root * root * V.Of(-1f / _width)).Store(pull + (g * tile) + t);
        }
    }

    /// <summary>The gradient of X' but for the product's part: what came from behind + pre_i du + pull X'.</summary>
    private readonly void Gather<V>(float* streams, float* g, float* pre, float* pull, int first, int count)
        where V : unmanaged, ILanes<V>
    {
        int n = shape.Streams, width = shape.Width, tile = shape.Tile;
        for (int t = 0; t < count; t++)
            for (int i = 0; i < n; i++)
            {
                nint local = (nint)((t * n) + i) * width;
                float* from = Gradients.Streams == null ? null : Gradients.Streams + ((nint)first * shape.Flat) + local;
                float norm = map.Rows == 0 ? 0 : pull[(map.Groups == 1 ? 0 : i * tile) + t];
                float* u = Gradients.Input + ((nint)(first + t) * width);
                int c = Add<V>(g + local, from, u, pre[(i * tile) + t], streams + local, norm, 0, width);
                Add<Lanes1>(g + local, from, u, pre[(i * tile) + t], streams + local, norm, c, width);
            }
    }

    private static int Add<V>(float* target, float* from, float* u, float pre, float* x, float norm, int start, int width)
        where V : unmanaged, ILanes<V>
    {
        V a = V.Of(pre), b = V.Of(norm);
        int c = start;
        for (; c <= width - V.Count; c += V.Count)
        {
            V sum = V.MultiplyAdd(a, V.Load(u + c), b * V.Load(x + c));
            (from == null ? sum : sum + V.Load(from + c)).Store(target + c);
        }
        return c;
    }

    /// <summary>Through the write of the site before, or to the embedding.</summary>
    private readonly void WriteBackward<V>(float* g, int first, int count)
        where V : unmanaged, ILanes<V>
    {
        int n = shape.Streams, width = shape.Width;
        float* q = stackalloc float[(Before.MaximumStreams + 1) * Before.MaximumStreams];
        float* gq = stackalloc float[(Before.MaximumStreams + 1) * Before.MaximumStreams];
        float* ones = stackalloc float[Before.MaximumStreams];
        new Span<float>(ones, n).Fill(1);
        for (int t = 0; t < count; t++)
        {
            nint token = first + t;
            float* gradient = g + ((nint)t * shape.Flat);
            if (before.Embedding != null)
            {
                StreamMixing.Read<V>(gradient, ones, 1, Gradients.Embedding + (token * width), n, width);
                continue;
            }
            before.Coefficients(shape, first + t, q);
            StreamMixing.WriteBackward<V>(
                before.X + (token * shape.Flat), before.Output + (token * width), q, gradient,
                Gradients.BeforeX + (token * shape.Flat), Gradients.BeforeOutput + (token * width), gq, n, width, before.Mixes);
            for (int row = 0; row < before.Rows(n); row++)
                Gradients.BeforeWriting[((nint)row * shape.Tokens) + token] = gq[row];
        }
    }
}
