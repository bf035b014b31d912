using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.Sublayers;

/// <summary>
/// The three products of a linear layer y = x W^T. Three vectors of columns of the right operand at a time are copied next to one another,
/// so that the tiles of <see cref="MicroProduct"/> read them as one stream; every number of a result is one sum in one order, whatever the threads.
/// </summary>
public static unsafe class LinearKernel
{
    /// <summary>
    /// Depth of a copied panel: 48 columns of 1,024 rows are 192 KB, which a core's second cache holds beside the other operand's rows.
    /// </summary>
    private const int Depth = 1024;

    /// <summary>
    /// Whether these products are faster than the tensor library's on this processor: with AVX-512, but for Intel's, where the library (MKL)
    /// uses AVX-512 itself. Elsewhere it takes its AVX2 path: measured on an AMD EPYC with 512-bit units, one thread, 136 to 194 against 71 to 85 GFLOP/s.
    /// A rule and not a measurement, so that a run repeats bit by bit.
    /// </summary>
    public static bool IsFaster { get; } = Vector512.IsHardwareAccelerated && X86Base.IsSupported && !IsIntel();

    /// <summary>y = x W^T.</summary>
    /// <param name="x">[T,K].</param>
    /// <param name="weight">W [N,K].</param>
    /// <param name="y">[T,N], written.</param>
    /// <param name="tokens">T.</param>
    /// <param name="inputs">K.</param>
    /// <param name="outputs">N.</param>
    public static void Forward(float* x, float* weight, float* y, int tokens, int inputs, int outputs) =>
        Run(new Product { A = x, ARow = inputs, AColumn = 1, B = weight, BRow = 1, BColumn = inputs, C = y, Rows = tokens, Inner = inputs, Columns = outputs });

    /// <summary>dx = dy W.</summary>
    /// <param name="yGradient">[T,N].</param>
    /// <param name="weight">W [N,K].</param>
    /// <param name="xGradient">[T,K], written.</param>
    /// <param name="tokens">T.</param>
    /// <param name="inputs">K.</param>
    /// <param name="outputs">N.</param>
    public static void InputGradient(float* yGradient, float* weight, float* xGradient, int tokens, int inputs, int outputs) =>
        Run(new Product { A = yGradient, ARow = outputs, AColumn = 1, B = weight, BRow = inputs, BColumn = 1, C = xGradient, Rows = tokens, Inner = outputs, Columns = inputs });

    /// <summary>dW = dy^T x.</summary>
    /// <param name="yGradient">[T,N].</param>
    /// <param name="x">[T,K].</param>
    /// <param name="weightGradient">[N,K], written.</param>
    /// <param name="tokens">T.</param>
    /// <param name="inputs">K.</param>
    /// <param name="outputs">N.</param>
    /// <param name="add">True to add to what is there.</param>
    public static void WeightGradient(float* yGradient, float* x, float* weightGradient, int tokens, int inputs, int outputs, bool add = false) =>
        Run(new Product { A = yGradient, ARow = 1, AColumn = outputs, B = x, BRow = inputs, BColumn = 1, C = weightGradient, Rows = outputs, Inner = tokens, Columns = inputs, Add = add });

    private static void Run(Product product)
    {
        int panel = 3 * LanesJobs.Width;
        LanesJobs.Run(product, (product.Columns + panel - 1) / panel);
    }

    private static bool IsIntel()
    {
        (_, int ebx, int ecx, int edx) = X86Base.CpuId(0, 0);
        return (ebx, edx, ecx) == (0x756E6547, 0x49656E69, 0x6C65746E); // "Genu" "ineI" "ntel"
    }

    /// <summary>C [m,n] = A [m,k] B [k,n], a part for each panel of columns.</summary>
    private struct Product : ILanesJob
    {
        public float* A, B, C;
        public nint ARow, AColumn, BRow, BColumn;
        public int Rows, Inner, Columns;
        public bool Add;

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V>
        {
            int first = part * 3 * V.Count, columns = Math.Min(3 * V.Count, Columns - first);
            int width = (columns + V.Count - 1) / V.Count * V.Count; // filled with zeros to whole vectors
            float* panel = Scratch.Tiles((Math.Min(Depth, Inner) * width) + (8 * width));
            float* edge = panel + (Math.Min(Depth, Inner) * width);
            for (int start = 0; start < Inner; start += Depth)
            {
                int depth = Math.Min(Depth, Inner - start);
                bool add = Add || start > 0;
                Copy<V>(B + (start * BRow) + (first * BColumn), depth, columns, width, panel);
                float* a = A + (start * AColumn), c = C + first;
                if (columns == width)
                {
                    MicroProduct.Run<V>(a, ARow, AColumn, panel, width, c, Columns, Rows, depth, columns, add);
                    continue;
                }
                for (int row = 0; row < Rows; row += 8)
                {
                    int count = Math.Min(8, Rows - row);
                    MicroProduct.Run<V>(a + (row * ARow), ARow, AColumn, panel, width, edge, width, count, depth, width, add: false);
                    for (int i = 0; i < count; i++)
                    {
                        float* target = c + ((nint)(row + i) * Columns);
                        for (int j = 0; j < columns; j++)
                            target[j] = add ? target[j] + edge[(i * width) + j] : edge[(i * width) + j];
                    }
                }
            }
        }

        /// <summary>Rows of B's columns next to one another.</summary>
        /// <param name="b">[depth, columns].</param>
        /// <param name="depth">Rows.</param>
        /// <param name="columns">Columns that there are.</param>
        /// <param name="width">Columns with those that are zeros.</param>
        /// <param name="panel">[depth, width], written.</param>
        private readonly void Copy<V>(float* b, int depth, int columns, int width, float* panel)
            where V : unmanaged, ILanes<V>
        {
            if (columns < width)
                new Span<float>(panel, depth * width).Clear();
            if (BColumn == 1)
            {
                for (int l = 0; l < depth; l++)
                {
                    float* from = b + (l * BRow), to = panel + ((nint)l * width);
                    int j = 0;
                    for (; j <= columns - V.Count; j += V.Count)
                        V.Load(from + j).Store(to + j);
                    for (; j < columns; j++)
                        to[j] = from[j];
                }
                return;
            }
            int column = 0;
            for (; column <= columns - 8 && Avx.IsSupported; column += 8)
            {
                int l = 0;
                for (; l <= depth - 8; l += 8)
                    Transpose(b + (column * BColumn) + l, BColumn, panel + ((nint)l * width) + column, width);
                for (; l < depth; l++)
                    for (int j = column; j < column + 8; j++)
                        panel[((nint)l * width) + j] = b[(j * BColumn) + l];
            }
            for (; column < columns; column++)
                for (int l = 0; l < depth; l++)
                    panel[((nint)l * width) + column] = b[(column * BColumn) + l];
        }

        /// <summary>Turns eight rows of eight into columns.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Transpose(float* source, nint sourceRow, float* target, nint targetRow)
        {
            Vector256<float> a = Vector256.Load(source), b = Vector256.Load(source + sourceRow), c = Vector256.Load(source + (2 * sourceRow)), d = Vector256.Load(source + (3 * sourceRow));
            (Vector256<float> p0, Vector256<float> p1, Vector256<float> p2, Vector256<float> p3) = Four(a, b, c, d);
            source += 4 * sourceRow;
            a = Vector256.Load(source);
            b = Vector256.Load(source + sourceRow);
            c = Vector256.Load(source + (2 * sourceRow));
            d = Vector256.Load(source + (3 * sourceRow));
            (Vector256<float> q0, Vector256<float> q1, Vector256<float> q2, Vector256<float> q3) = Four(a, b, c, d);
            Avx.Permute2x128(p0, q0, 0x20).Store(target);
            Avx.Permute2x128(p1, q1, 0x20).Store(target + targetRow);
            Avx.Permute2x128(p2, q2, 0x20).Store(target + (2 * targetRow));
            Avx.Permute2x128(p3, q3, 0x20).Store(target + (3 * targetRow));
            target += 4 * targetRow;
            Avx.Permute2x128(p0, q0, 0x31).Store(target);
            Avx.Permute2x128(p1, q1, 0x31).Store(target + targetRow);
            Avx.Permute2x128(p2, q2, 0x31).Store(target + (2 * targetRow));
            Avx.Permute2x128(p3, q3, 0x31).Store(target + (3 * targetRow));

            // In each half of the vectors: element i of a, b, c and d next to one another.
            static (Vector256<float> E0, Vector256<float> E1, Vector256<float> E2, Vector256<float> E3) Four(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
            {
                Vector256<float> low = Avx.UnpackLow(a, b), high = Avx.UnpackHigh(a, b), low2 = Avx.UnpackLow(c, d), high2 = Avx.UnpackHigh(c, d);
                return (Avx.Shuffle(low, low2, 0x44), Avx.Shuffle(low, low2, 0xEE), Avx.Shuffle(high, high2, 0x44), Avx.Shuffle(high, high2, 0xEE));
            }
        }
    }
}
