using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.Optimization;

/// <summary>
/// Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/) on a CUDA device for all matrices of one shape in the flat buffers:
/// momentum, five quintic Newton-Schulz steps on tensor cores (matrices in bf16, sums in float32) and the update. Launches only: nothing is
/// allocated and nothing waits. Sums have an order that depends on sizes alone.
/// </summary>
public sealed class CudaMuon
{
    /// <summary>Rows and columns of a block of a product: matrices are padded to it.</summary>
    internal const int Tile = 128;

    private const int NewtonSchulzSteps = 5, Threads = 256, Square = 32, Depth = 32, Each = 16384, MostParts = 256;

    private readonly ILauncher _launcher;
    private readonly int _matrices, _rows, _columns, _short, _long, _parts, _steps;

    /// <param name="launcher">Runs the kernels.</param>
    /// <param name="matrices">How many, 1 to 65,535: they go through every launch together.</param>
    /// <param name="rows">Of each.</param>
    /// <param name="columns">Of each.</param>
    /// <exception cref="PipelineException">There are no matrices, too many, or larger ones than 2^31 elements.</exception>
    public CudaMuon(ILauncher launcher, int matrices, int rows, int columns)
        : this(launcher, matrices, rows, columns, NewtonSchulzSteps)
    {
    }

    /// <summary>With fewer steps, so that a test can look at the first.</summary>
    internal CudaMuon(ILauncher launcher, int matrices, int rows, int columns, int steps)
    {
        if (matrices is < 1 or > ushort.MaxValue || rows < 1 || columns < 1 || (long)rows * columns > int.MaxValue)
            throw new PipelineException($"Muon has {matrices} matrices of {rows} x {columns}; CUDA kernels take 1 to 65,535 of up to 2^31 elements each.");
        (_launcher, _matrices, _rows, _columns, _steps) = (launcher, matrices, rows, columns, steps);
        (_short, _long) = (Padded(Math.Min(rows, columns)), Padded(Math.Max(rows, columns)));
        _parts = Math.Clamp(CudaRows.Parts((long)rows * columns, Each), 1, MostParts);
    }

    /// <summary>Bytes of device memory that <see cref="Step"/> works in: about 6 bytes an element and 4 for each of a matrix of the shorter side.</summary>
    public long Workspace => Cut(0).End;

    private bool Tall => _rows > _columns;

    /// <summary>
    /// m = beta m + (1 - beta) g; u = beta m + (1 - beta) g, made nearly orthogonal; x = (1 - rate decay) x - rate sqrt(max(1, rows / columns)) u.
    /// </summary>
    /// <param name="values">x in the flat buffer, float32, changed.</param>
    /// <param name="gradient">g in its buffer, float32.</param>
    /// <param name="momentum">m in its buffer, float32, changed.</param>
    /// <param name="offsets">int64 on the device [matrices]: each matrix's first element in the three buffers.</param>
    /// <param name="beta">Decay of the momentum.</param>
    /// <param name="rate">Learning rate of these matrices.</param>
    /// <param name="weightDecay">Per unit of the rate.</param>
    /// <param name="workspace"><see cref="Workspace"/> bytes at an address of 16 bytes.</param>
    /// <param name="clip">What multiplies the gradient, one float32; where it is NaN nothing is changed. 0 for no factor.</param>
    /// <param name="rounded">x as bf16 in a flat buffer of its own, written; 0 for none.</param>
    public void Step(
        nint values, nint gradient, nint momentum, nint offsets, double beta, double rate, double weightDecay, nint workspace, nint clip = 0, nint rounded = 0)
    {
        (nint partial, nint roots, nint a, nint b, nint x, nint across, nint next, _) = Cut(workspace);
        int size = _rows * _columns, shared = sizeof(float) * Threads / CudaRows.Warp;
        Launch("muon_momentum", _parts, shared, [gradient, momentum, offsets, clip, partial, (float)beta, (float)(1 - beta), size]);
        Launch("muon_norms", 1, shared, [partial, roots, clip, _parts]);

        // x has its short side as rows; across is its transposed. A matrix of the buffers that is tall comes in as across.
        (nint upright, nint turned, int height, int width) = Tall ? (across, x, _long, _short) : (x, across, _short, _long);
        Launch("muon_start", height / Square * (width / Square), sizeof(float) * Square * (Square + 1), [
            gradient, momentum, offsets, clip, roots, upright, turned, _rows, _columns, height, width, (float)beta, (float)(1 - beta)]);
        int blocks = _short / Tile;
        for (int step = 0; step < _steps; step++)
        {
            Product(blocks * (blocks + 1) / 2, x, x, 0, a, a, _short, _short, _long, 0, 1, symmetric: true, clip); // A = X X^T
            Product(blocks * (blocks + 1) / 2, a, a, a, b, b, _short, _short, _short, -4.7750f, 2.0315f, symmetric: true, clip); // B = b A + c A A
            Product(_long / Tile * blocks, across, b, across, next, x, _long, _short, _short, 3.4445f, 1, symmetric: false, clip); // X^T = a X^T + X^T B
            (across, next) = (next, across);
        }
        upright = Tall ? across : x;
        Launch("muon_apply", CudaRows.Parts(size, Threads), 0, [
            values, offsets, clip, upright, rounded, _columns, size, width, (nint)height * width, (float)(1 - (rate * weightDecay)), (float)(-rate * Math.Sqrt(Math.Max(1.0, (double)_rows / _columns)))]);
    }

    private void Product(int blocks, nint p, nint q, nint addend, nint product, nint transposed, int rows, int columns, int depth, float alpha, float beta, bool symmetric, nint clip) =>
        Launch("muon_product", blocks, 2 * 2 * Tile * Depth * sizeof(ushort), [p, q, addend, product, transposed, clip, rows, columns, depth, alpha, beta, symmetric ? 1 : 0]);

    private void Launch(string kernel, int blocks, int shared, ReadOnlySpan<KernelArgument> arguments) =>
        _launcher.Launch(CudaOptimizerPrograms.Muon, kernel, new(blocks, _matrices, Threads, shared), arguments);

    /// <summary>What lies where in the workspace; the bf16 matrices first, whose addresses are ones of 16 bytes.</summary>
    private (nint Partial, nint Roots, nint A, nint B, nint X, nint Across, nint Next, nint End) Cut(nint start)
    {
        nint square = (nint)_matrices * _short * _short * sizeof(ushort), matrix = (nint)_matrices * _short * _long * sizeof(ushort);
        nint b = start + square, x = b + square, across = x + matrix, next = across + matrix, partial = next + matrix, roots = partial + ((nint)_matrices * _parts * sizeof(float));
        return (partial, roots, start, b, x, across, next, roots + ((nint)_matrices * sizeof(float)));
    }

    private static int Padded(int side) => CudaRows.Parts(side, Tile) * Tile;
}
