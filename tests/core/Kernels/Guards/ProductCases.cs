using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>The products that other kernels are made of.</summary>
internal static unsafe class ProductCases
{
    private static readonly int[] _rows = [1, 2, 3, 7, 8, 9, 16, 17, 24];
    private static readonly int[] _columns = [1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 65, 97];

    public static IEnumerable<GuardedCase> All() =>
        from m in _rows
        from n in _columns
        let k = 1 + ((m + n) % 11)
        from @case in new GuardedCase[]
        {
            new($"MicroProduct, [{m},{k}] [{k},{n}]", memory => Micro(memory, m, k, n, transposed: false)),
            new($"MicroProduct, transposed [{k},{m}] [{k},{n}]", memory => Micro(memory, m, k, n, transposed: true)),
            new($"RowProducts, {m} rows with {k} of {n}", memory => Rows(memory, m, k, n)),
            new($"RowProducts, {k} rows with {m} of {n}", memory => Rows(memory, k, m, n)),
        }
        select @case;

    private static void Micro(CaseMemory memory, int m, int k, int n, bool transposed)
    {
        float* a = memory.Given("A", m * k), b = memory.Given("B", k * n), c = memory.Given("C", m * n);
        memory.Step("product");
        LanesJobs.Run(new MicroJob { A = a, B = b, C = c, M = m, K = k, N = n, Transposed = transposed, Add = true }, 1);
        float* alone = memory.Written("C alone", m * n);
        memory.Step("product alone");
        LanesJobs.Run(new MicroJob { A = a, B = b, C = alone, M = m, K = k, N = n, Transposed = transposed }, 1);
    }

    private static void Rows(CaseMemory memory, int m, int k, int width)
    {
        float* a = memory.Given("A", m * width), b = memory.Given("B", k * width), c = memory.Written("C", k * m);
        memory.Step("product");
        LanesJobs.Run(new RowsJob { A = a, B = b, C = c, M = m, K = k, Width = width }, 1);
    }

    private struct MicroJob : ILanesJob
    {
        public float* A, B, C;
        public int M, K, N;
        public bool Transposed, Add;

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V> => MicroProduct.Run<V>(A, Transposed ? 1 : K, Transposed ? M : 1, B, N, C, N, M, K, N, Add);
    }

    private struct RowsJob : ILanesJob
    {
        public float* A, B, C;
        public int M, K, Width;

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V> => RowProducts.Set<V>(A, M, B, K, Width, C, M);
    }
}
