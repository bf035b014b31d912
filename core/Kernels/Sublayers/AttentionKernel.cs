using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.Sublayers;

/// <summary>
/// Rotary embedding (arXiv 2104.09864, rotate-half form) and causal grouped-query attention (arXiv 2305.13245) from the packed projection
/// to the heads' outputs. As in FlashAttention (arXiv 2205.14135) no S x S matrix outlives a block of queries: the forward pass leaves the
/// logarithm of each row's sum, from which the backward pass computes the rows again. A part of the work is a key-value head of a
/// sequence with its query heads, whose turned keys stay in the cache.
/// </summary>
public static unsafe class AttentionKernel
{
    /// <summary>Keys of a panel of transposed keys: [D, 32] is contiguous, 8 KB at D = 64, for the products' inner loop.</summary>
    private const int Panel = 32;

    /// <summary>Rows of a tile of <see cref="MicroProduct"/>: blocks of scores follow the diagonal in such steps.</summary>
    private const int Tile = 8;

    /// <summary>The forward pass.</summary>
    /// <param name="shape">B, S, H, K, D.</param>
    /// <param name="packed">[B,S,H+2K,D]: queries, keys, values.</param>
    /// <param name="cos">[positions,D], at least S positions.</param>
    /// <param name="sin">[positions,D]: minus the sine in the first half of a row, the sine in the second.</param>
    /// <param name="output">[B,S,H,D], written.</param>
    /// <param name="logSums">log sum_j exp(score_ij) [B,H,S], written.</param>
    /// <exception cref="ArgumentException">The tables have fewer positions than the sequence, or the sizes do not fit each other.</exception>
    public static void Forward(
        AttentionShape shape, ReadOnlySpan<float> packed, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin, Span<float> output, Span<float> logSums)
    {
        Check(shape, packed, cos, sin);
        fixed (float* pp = packed, pc = cos, ps = sin, po = output, pl = logSums)
            LanesJobs.Run(new ForwardJob(shape) { Packed = pp, Cos = pc, Sin = ps, Output = po, LogSums = pl }, shape.Batch * shape.KeyValueHeads);
    }

    /// <summary>The backward pass.</summary>
    /// <param name="shape">B, S, H, K, D.</param>
    /// <param name="packed">[B,S,H+2K,D].</param>
    /// <param name="cos">As for <see cref="Forward"/>.</param>
    /// <param name="sin">Likewise.</param>
    /// <param name="output">As Forward wrote it.</param>
    /// <param name="logSums">Likewise.</param>
    /// <param name="outputGradient">[B,S,H,D].</param>
    /// <param name="packedGradient">[B,S,H+2K,D], written.</param>
    public static void Backward(
        AttentionShape shape, ReadOnlySpan<float> packed, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin,
        ReadOnlySpan<float> output, ReadOnlySpan<float> logSums, ReadOnlySpan<float> outputGradient, Span<float> packedGradient)
    {
        Check(shape, packed, cos, sin);
        fixed (float* pp = packed, pc = cos, ps = sin, po = output, pl = logSums, pg = outputGradient, pgp = packedGradient)
        {
            var job = new BackwardJob(shape) { Packed = pp, Cos = pc, Sin = ps, Output = po, LogSums = pl, OutputGradient = pg, PackedGradient = pgp };
            LanesJobs.Run(job, shape.Batch * shape.KeyValueHeads);
        }
    }

    private static void Check(AttentionShape shape, ReadOnlySpan<float> packed, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        if (shape.Width % 2 != 0 || shape.Heads % shape.KeyValueHeads != 0 || packed.Length != shape.Batch * shape.Sequence * shape.Packed)
            throw new ArgumentException($"{packed.Length} numbers are not the queries, keys and values of {shape}, with an even width and heads in equal groups.", nameof(packed));
        if (Math.Min(cos.Length, sin.Length) < shape.Sequence * shape.Width)
            throw new ArgumentException($"The rotary tables have {Math.Min(cos.Length, sin.Length) / shape.Width} positions; the sequence has {shape.Sequence}.", nameof(cos));
    }

    /// <summary>Turns a head: (x1, x2) to (x1 cos - x2 sin, x2 cos + x1 sin), times a factor; with -1 for the direction, back.</summary>
    private static void Turn<V>(float* x, float* cos, float* sin, float factor, float direction, float* y, int width)
        where V : unmanaged, ILanes<V> =>
        TurnFrom<Lanes1>(x, cos, sin, factor, direction, y, width / 2, TurnFrom<V>(x, cos, sin, factor, direction, y, width / 2, 0));

    private static int TurnFrom<V>(float* x, float* cos, float* sin, float factor, float direction, float* y, int half, int d)
        where V : unmanaged, ILanes<V>
    {
        V factors = V.Of(factor), directions = V.Of(factor * direction);
        for (; d <= half - V.Count; d += V.Count)
        {
            V low = V.Load(x + d), high = V.Load(x + half + d), c = V.Load(cos + d) * factors, s = V.Load(sin + half + d) * directions;
            ((low * c) - (high * s)).Store(y + d);
            V.MultiplyAdd(low, s, high * c).Store(y + half + d);
        }
        return d;
    }

    /// <summary>Writes a row of keys or values as a column of its panel.</summary>
    private static void IntoPanel(float* row, float* panels, int j, int width)
    {
        float* column = panels + ((nint)(j / Panel) * Panel * width) + (j % Panel);
        for (int d = 0; d < width; d++)
            column[d * Panel] = row[d];
    }

    /// <summary>scores [rows, columns] = a [rows, D] panels, for the columns that the rows of a block that starts at query i0 may see.</summary>
    private static void Scores<V>(float* a, float* panels, float* scores, int columns, int i0, int rows, int width)
        where V : unmanaged, ILanes<V>
    {
        new Span<float>(scores, rows * columns).Clear();
        for (int j = 0; j < i0 + rows; j += Panel)
        {
            int first = Math.Max(0, j - i0) / Tile * Tile; // rows above see nothing of this panel
            MicroProduct.Add<V>(a + ((nint)first * width), width, 1, panels + ((nint)j * width), Panel, scores + ((nint)first * columns) + j, columns, rows - first, width, Panel);
        }
    }

    /// <summary>
    /// So many keys as whole vectors; rows of scores have the room. One by one, the exponentials of a row's last few keys took a sixth of
    /// the backward pass at S = 64.
    /// </summary>
    private static int Whole<V>(int keys)
        where V : unmanaged, ILanes<V> =>
        (keys + V.Count - 1) / V.Count * V.Count;

    /// <summary>Sizes, and where a part's tiles are.</summary>
    private readonly struct Layout
    {
        public Layout(AttentionShape shape)
        {
            Shape = shape;
            Columns = (shape.Sequence + Panel - 1) / Panel * Panel;
            // Two blocks of scores, 128 KB each at most, leave room for keys in a cache of 1 MB.
            Block = Math.Clamp((1 << 15) / Columns / Tile * Tile, Tile, Panel);
        }

        public AttentionShape Shape { get; }

        /// <summary>S rounded up to whole panels.</summary>
        public int Columns { get; }

        /// <summary>Queries of a block.</summary>
        public int Block { get; }

        public int Group => Shape.Heads / Shape.KeyValueHeads;

        public float Scale => (float)(1 / Math.Sqrt(Shape.Width));

        /// <summary>Floats of one [rows, columns] tile, kept to multiples of 16 so that the next is aligned.</summary>
        public static int Size(int rows, int columns) => checked(((rows * columns) + 15) & ~15);

        /// <summary>Where token j's head is in packed; heads count queries, then keys, then values.</summary>
        public nint At(int b, int j, int head) => (((nint)b * Shape.Sequence) + j) * Shape.Packed + ((nint)head * Shape.Width);

        /// <summary>Where token j's head is in the output.</summary>
        public nint OutputAt(int b, int j, int head) => ((((nint)b * Shape.Sequence) + j) * Shape.Heads + head) * Shape.Width;
    }

    private struct ForwardJob(AttentionShape given) : ILanesJob
    {
        public float* Packed, Cos, Sin, Output, LogSums;
        private readonly Layout _layout = new(given);

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V>
        {
            Layout layout = _layout;
            AttentionShape shape = layout.Shape;
            int b = part / shape.KeyValueHeads, kv = part % shape.KeyValueHeads, width = shape.Width, columns = layout.Columns, s = shape.Sequence;
            int panel = Layout.Size(columns, width), block = Layout.Size(layout.Block, width);
            float* keys = Scratch.Tiles((2 * panel) + block + Layout.Size(layout.Block, columns)), values = keys + panel, query = values + panel, scores = query + block;

            new Span<float>(keys + ((nint)(columns - Panel) * width), Panel * width).Clear(); // the last panel may have fewer keys
            for (int j = 0; j < s; j++)
            {
                Turn<V>(Packed + layout.At(b, j, shape.Heads + kv), Cos + ((nint)j * width), Sin + ((nint)j * width), 1, 1, query, width);
                IntoPanel(query, keys, j, width);
                new Span<float>(Packed + layout.At(b, j, shape.Heads + shape.KeyValueHeads + kv), width).CopyTo(new Span<float>(values + ((nint)j * width), width));
            }
            for (int i0 = 0; i0 < s; i0 += layout.Block)
                for (int h = kv * layout.Group; h < (kv + 1) * layout.Group; h++)
                    Rows<V>(b, h, i0, Math.Min(layout.Block, s - i0), keys, values, query, scores);
        }

        /// <summary>The outputs of a block of queries.</summary>
        private readonly void Rows<V>(int b, int h, int i0, int rows, float* keys, float* values, float* query, float* scores)
            where V : unmanaged, ILanes<V>
        {
            Layout layout = _layout;
            int width = layout.Shape.Width, columns = layout.Columns, outputRow = layout.Shape.Heads * width;
            for (int t = 0; t < rows; t++)
                Turn<V>(Packed + layout.At(b, i0 + t, h), Cos + ((nint)(i0 + t) * width), Sin + ((nint)(i0 + t) * width), layout.Scale, 1, query + (t * width), width);
            Scores<V>(query, keys, scores, columns, i0, rows, width);

            float* sums = stackalloc float[Tile];
            for (int t = 0; t < rows; t += Tile)
            {
                int count = Math.Min(Tile, rows - t), seen = i0 + t + count;
                float* output = Output + layout.OutputAt(b, i0 + t, h);
                for (int k = 0; k < count; k++)
                {
                    float* row = scores + ((nint)(t + k) * columns);
                    int own = i0 + t + k + 1, whole = Whole<V>(own);
                    new Span<float>(row + own, whole - own).Fill(float.NegativeInfinity); // adds e^-87 at most to a sum of 1 or more
                    float highest = Row.Max<V>(row, whole);
                    sums[k] = Row.Exp<V>(row, highest, whole);
                    new Span<float>(row + own, seen - own).Clear();
                    LogSums[(((nint)b * layout.Shape.Heads) + h) * layout.Shape.Sequence + i0 + t + k] = highest + MathF.Log(sums[k]);
                    new Span<float>(output + (k * outputRow), width).Clear();
                }
                MicroProduct.Add<V>(scores + ((nint)t * columns), columns, 1, values, width, output, outputRow, count, seen, width);
                for (int k = 0; k < count; k++)
                    Row.Scale<V>(output + (k * outputRow), 1 / sums[k], width);
            }
        }
    }

    private struct BackwardJob(AttentionShape given) : ILanesJob
    {
        public float* Packed, Cos, Sin, Output, LogSums, OutputGradient, PackedGradient;
        private readonly Layout _layout = new(given);

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V>
        {
            Layout layout = _layout;
            AttentionShape shape = layout.Shape;
            int b = part / shape.KeyValueHeads, kv = part % shape.KeyValueHeads, width = shape.Width, columns = layout.Columns, s = shape.Sequence;
            int keyHead = shape.Heads + kv, valueHead = keyHead + shape.KeyValueHeads;
            int panel = Layout.Size(columns, width), block = Layout.Size(layout.Block, width), score = Layout.Size(layout.Block, columns);
            var tiles = default(Tiles);
            tiles.Keys = Scratch.Tiles((5 * panel) + (3 * block) + (2 * score));
            tiles.KeyPanels = tiles.Keys + panel;
            tiles.ValuePanels = tiles.KeyPanels + panel;
            tiles.KeysGradient = tiles.ValuePanels + panel;
            tiles.ValuesGradient = tiles.KeysGradient + panel;
            tiles.Query = tiles.ValuesGradient + panel;
            tiles.QueryGradient = tiles.Query + block;
            tiles.OutputGradient = tiles.QueryGradient + block;
            tiles.Weights = tiles.OutputGradient + block;
            tiles.Scores = tiles.Weights + score;

            nint last = (nint)(columns - Panel) * width;
            new Span<float>(tiles.KeyPanels + last, Panel * width).Clear();
            new Span<float>(tiles.ValuePanels + last, Panel * width).Clear();
            new Span<float>(tiles.KeysGradient, 2 * panel).Clear();
            for (int j = 0; j < s; j++)
            {
                float* key = tiles.Keys + ((nint)j * width);
                Turn<V>(Packed + layout.At(b, j, keyHead), Cos + ((nint)j * width), Sin + ((nint)j * width), 1, 1, key, width);
                IntoPanel(key, tiles.KeyPanels, j, width);
                IntoPanel(Packed + layout.At(b, j, valueHead), tiles.ValuePanels, j, width);
            }
            for (int i0 = 0; i0 < s; i0 += layout.Block)
                for (int h = kv * layout.Group; h < (kv + 1) * layout.Group; h++)
                    Rows<V>(b, h, i0, Math.Min(layout.Block, s - i0), tiles);
            for (int j = 0; j < s; j++)
            {
                Turn<V>(tiles.KeysGradient + ((nint)j * width), Cos + ((nint)j * width), Sin + ((nint)j * width), 1, -1, PackedGradient + layout.At(b, j, keyHead), width);
                new Span<float>(tiles.ValuesGradient + ((nint)j * width), width).CopyTo(new Span<float>(PackedGradient + layout.At(b, j, valueHead), width));
            }
        }

        /// <summary>What a block of queries adds to the gradients of keys and values, and the queries' own.</summary>
        private readonly void Rows<V>(int b, int h, int i0, int rows, in Tiles tiles)
            where V : unmanaged, ILanes<V>
        {
            Layout layout = _layout;
            int width = layout.Shape.Width, columns = layout.Columns;
            for (int t = 0; t < rows; t++)
            {
                Turn<V>(Packed + layout.At(b, i0 + t, h), Cos + ((nint)(i0 + t) * width), Sin + ((nint)(i0 + t) * width), layout.Scale, 1, tiles.Query + (t * width), width);
                new Span<float>(OutputGradient + layout.OutputAt(b, i0 + t, h), width).CopyTo(new Span<float>(tiles.OutputGradient + (t * width), width));
            }
            Scores<V>(tiles.Query, tiles.KeyPanels, tiles.Weights, columns, i0, rows, width); // Q K^T
            Scores<V>(tiles.OutputGradient, tiles.ValuePanels, tiles.Scores, columns, i0, rows, width); // dP = dO V^T
            for (int t = 0; t < rows; t++)
            {
                float dot = Row.Dot<V>(tiles.OutputGradient + (t * width), Output + layout.OutputAt(b, i0 + t, h), width);
                float logSum = LogSums[(((nint)b * layout.Shape.Heads) + h) * layout.Shape.Sequence + i0 + t];
                float* weights = tiles.Weights + ((nint)t * columns), scores = tiles.Scores + ((nint)t * columns);
                int own = i0 + t + 1;
                Softmax<V>(weights, scores, logSum, dot, Whole<V>(own));
                new Span<float>(weights + own, rows - 1 - t).Clear();
                new Span<float>(scores + own, rows - 1 - t).Clear();
            }

            // dV += P^T dO and dK += dS^T Q: all of the block's queries see the keys before it, later ones its own.
            MicroProduct.Add<V>(tiles.Weights, 1, columns, tiles.OutputGradient, width, tiles.ValuesGradient, width, i0, rows, width);
            MicroProduct.Add<V>(tiles.Scores, 1, columns, tiles.Query, width, tiles.KeysGradient, width, i0, rows, width);
            for (int t = 0; t < rows; t += Tile)
            {
                nint at = ((nint)t * columns) + i0 + t, to = (nint)(i0 + t) * width;
                int count = Math.Min(Tile, rows - t);
                MicroProduct.Add<V>(tiles.Weights + at, 1, columns, tiles.OutputGradient + (t * width), width, tiles.ValuesGradient + to, width, count, rows - t, width);
                MicroProduct.Add<V>(tiles.Scores + at, 1, columns, tiles.Query + (t * width), width, tiles.KeysGradient + to, width, count, rows - t, width);
            }

            new Span<float>(tiles.QueryGradient, rows * width).Clear();
            for (int t = 0; t < rows; t += Tile)
            {
                int count = Math.Min(Tile, rows - t);
                MicroProduct.Add<V>(tiles.Scores + ((nint)t * columns), columns, 1, tiles.Keys, width, tiles.QueryGradient + (t * width), width, count, i0 + t + count, width);
            }
            for (int t = 0; t < rows; t++)
                Turn<V>(tiles.QueryGradient + (t * width), Cos + ((nint)(i0 + t) * width), Sin + ((nint)(i0 + t) * width), layout.Scale, -1, PackedGradient + layout.At(b, i0 + t, h), width);
        }

        /// <summary>Scores to weights p = exp(score - logSum), and their gradients to the scores' ds = p (dp - dot), where dot = sum_j p_j dp_j = dO . O.</summary>
        private static void Softmax<V>(float* weights, float* gradients, float logSum, float dot, int count)
            where V : unmanaged, ILanes<V>
        {
            V logSums = V.Of(logSum), dots = V.Of(dot);
            for (int c = 0; c < count; c += V.Count)
            {
                V weight = Functions.Exp(V.Load(weights + c) - logSums);
                weight.Store(weights + c);
                (weight * (V.Load(gradients + c) - dots)).Store(gradients + c);
            }
        }

        private struct Tiles
        {
            public float* Keys, KeyPanels, ValuePanels, KeysGradient, ValuesGradient, Query, QueryGradient, OutputGradient, Weights, Scores;
        }
    }
}
