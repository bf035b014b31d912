using System.Runtime.CompilerServices;
using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.Sublayers;

/// <summary>SwiGLU (arXiv 2002.05202): silu(gate) up from the two halves of one projection, in one pass each way.</summary>
public static unsafe class SwiGluKernel
{
    /// <summary>Results of a part: less is not worth another thread.</summary>
    private const int PartElements = 1 << 15;

    /// <summary>The forward pass.</summary>
    /// <param name="both">[T,2I]: gate, then up.</param>
    /// <param name="inner">I.</param>
    /// <param name="y">[T,I], written.</param>
    public static void Forward(ReadOnlySpan<float> both, int inner, Span<float> y)
    {
        fixed (float* pb = both, py = y)
        {
            var rows = new RowParts(y.Length / inner, inner, PartElements);
            LanesJobs.Run(new ForwardJob { Both = pb, Y = py, Rows = rows }, rows.Count);
        }
    }

    /// <summary>The backward pass.</summary>
    /// <param name="both">[T,2I].</param>
    /// <param name="inner">I.</param>
    /// <param name="yGradient">[T,I].</param>
    /// <param name="bothGradient">[T,2I], written.</param>
    /// <param name="y">[T,I], written as the forward pass wrote it; empty where nobody needs it again.</param>
    public static void Backward(ReadOnlySpan<float> both, int inner, ReadOnlySpan<float> yGradient, Span<float> bothGradient, Span<float> y = default)
    {
        fixed (float* pb = both, pg = yGradient, pgb = bothGradient, py = y)
        {
            var rows = new RowParts(yGradient.Length / inner, inner, PartElements);
            LanesJobs.Run(new BackwardJob { Both = pb, Gradient = pg, BothGradient = pgb, Y = py, Rows = rows }, rows.Count);
        }
    }

    private struct ForwardJob : ILanesJob
    {
        public float* Both, Y;
        public RowParts Rows;

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V>
        {
            int inner = Rows.Width, end = Rows.End(part);
            for (int t = Rows.Start(part); t < end; t++)
            {
                float* gate = Both + ((nint)t * 2 * inner), y = Y + ((nint)t * inner);
                if (inner >= V.Count)
                    Forward<V>(gate, y);
                else
                    Forward<Lanes1>(gate, y);
            }
        }

        /// <summary>A row in whole vectors, the last of which overlaps the one before: numbers one by one cost as much as vectors do.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)] // both widths in one body would exceed what the compiler inlines of their operators
        private readonly void Forward<V>(float* gate, float* y)
            where V : unmanaged, ILanes<V>
        {
            int inner = Rows.Width;
            for (int start = 0; start < inner; start += V.Count)
            {
                int c = Math.Min(start, inner - V.Count);
                V x = V.Load(gate + c);
                (x * V.Reciprocal(V.Of(1) + Functions.Exp(V.Of(0) - x)) * V.Load(gate + inner + c)).Store(y + c);
            }
        }
    }

    private struct BackwardJob : ILanesJob
    {
        public float* Both, Gradient, BothGradient, Y;
        public RowParts Rows;

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V>
        {
            int inner = Rows.Width, end = Rows.End(part);
            for (int t = Rows.Start(part); t < end; t++)
            {
                float* gate = Both + ((nint)t * 2 * inner), gradient = Gradient + ((nint)t * inner), ofGate = BothGradient + ((nint)t * 2 * inner);
                float* y = Y == null ? null : Y + ((nint)t * inner);
                if (inner >= V.Count)
                    Backward<V>(gate, gradient, ofGate, y);
                else
                    Backward<Lanes1>(gate, gradient, ofGate, y);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private readonly void Backward<V>(float* gate, float* gradient, float* ofGate, float* y)
            where V : unmanaged, ILanes<V>
        {
            int inner = Rows.Width;
            for (int start = 0; start < inner; start += V.Count)
            {
                int c = Math.Min(start, inner - V.Count);
                V x = V.Load(gate + c), g = V.Load(gradient + c);
                V sigmoid = V.Reciprocal(V.Of(1) + Functions.Exp(V.Of(0) - x)), silu = x * sigmoid;
                V up = V.Load(gate + inner + c);
                if (y != null)
                    (silu * up).Store(y + c);
                (g * silu).Store(ofGate + inner + c);
                // silu' = s + x s (1 - s)
                (g * up * V.MultiplyAdd(silu, V.Of(1) - sigmoid, sigmoid)).Store(ofGate + c);
            }
        }
    }
}
