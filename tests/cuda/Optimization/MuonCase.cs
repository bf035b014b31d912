using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Optimization;

/// <summary>A step of Muon on matrices that lie apart in the flat buffers, against plain loops in float64 that round where the kernels do.</summary>
/// <param name="matrices">How many.</param>
/// <param name="rows">Of each.</param>
/// <param name="columns">Of each.</param>
/// <param name="steps">Of Newton-Schulz: a difference in the last place of bf16 grows up to 3.4 times in each.</param>
internal sealed unsafe class MuonCase(int matrices, int rows, int columns, int steps = 5) : KernelCase
{
    private const double Beta = 0.9, Rate = 0.02, WeightDecay = 0.5, Clip = 0.5;

    private readonly int _size = rows * columns;

    /// <summary>The updates themselves, [matrices][rows, columns], as the first step left them.</summary>
    public List<double[]> Updates { get; } = [];

    public override void Run(ILauncher launcher, HostMemory memory)
    {
        const int apart = 5; // also no multiple of 4
        int length = matrices * (_size + apart);
        long[] offsets = [.. Enumerable.Range(0, matrices).Select(k => ((long)(matrices - 1 - k) * (_size + apart)) + 3)];
        float[] values = SiteNumbers.Normal(length, 1), gradient = SiteNumbers.Normal(length, 2), momentum = SiteNumbers.Normal(length, 3);
        nint dvalues = DeviceNumbers.Put(memory, values), dgradient = DeviceNumbers.Put(memory, gradient), dmomentum = DeviceNumbers.Put(memory, momentum);
        nint rounded = DeviceNumbers.Put(memory, values, CudaElement.BFloat16), clip = DeviceNumbers.Put(memory, [(float)Clip]);

        var kernel = new CudaMuon(launcher, matrices, rows, columns, steps);
        kernel.Step(dvalues, dgradient, dmomentum, DeviceNumbers.Put(memory, offsets), Beta, Rate, WeightDecay, memory.Take(kernel.Workspace), clip, rounded);

        float[] actual = DeviceNumbers.Get(dvalues, length);
        foreach (long offset in offsets)
        {
            double[] u = new double[_size];
            double square = 0;
            for (int k = 0; k < _size; k++)
            {
                double g = (1 - Beta) * Clip * gradient[offset + k], m = (Beta * momentum[offset + k]) + g;
                momentum[offset + k] = (float)m;
                u[k] = (Beta * m) + g;
                square += u[k] * u[k];
            }
            double factor = Rate * Math.Sqrt(Math.Max(1.0, (double)rows / columns));
            double[] update = Orthogonalised(u, Math.Sqrt(square) + 1e-7), before = [.. Enumerable.Range(0, _size).Select(k => (double)values[offset + k])];
            Updates.Add([.. Enumerable.Range(0, _size).Select(k => ((before[k] * (1 - (Rate * WeightDecay))) - actual[offset + k]) / factor)]);
            for (int k = 0; k < _size; k++)
                values[offset + k] = (float)((before[k] * (1 - (Rate * WeightDecay))) - (factor * update[k]));
            Within($"update of the matrix at {offset}", [.. update.Select(value => (float)value)], [.. Updates[^1].Select(value => (float)value)], CudaElement.BFloat16, steps == 1 ? 5e-3 : 2e-2);
        }
        Within("momentum", momentum, DeviceNumbers.Get(dmomentum, length), CudaElement.Float32, 3e-7);
        Within("values", values, actual, CudaElement.Float32, 2e-3);
        Within("values in bf16", actual, DeviceNumbers.Get(rounded, length, CudaElement.BFloat16), CudaElement.BFloat16, 0);
    }

    private double[] Orthogonalised(double[] u, double norm)
    {
        bool tall = rows > columns;
        int less = Math.Min(rows, columns), more = Math.Max(rows, columns);
        double[] x = new double[_size];
        for (int i = 0; i < less; i++)
            for (int j = 0; j < more; j++)
                x[(i * more) + j] = Rounded(u[tall ? (j * columns) + i : (i * columns) + j] / norm);
        for (int step = 0; step < steps; step++)
        {
            double[] a = Rounded(less, less, (i, j) => Sum(more, k => x[(i * more) + k] * x[(j * more) + k]));
            double[] b = Rounded(less, less, (i, j) => (-4.7750 * a[(i * less) + j]) + (2.0315 * Sum(less, k => a[(i * less) + k] * a[(k * less) + j])));
            double[] of = x;
            x = Rounded(less, more, (i, j) => (3.4445 * of[(i * more) + j]) + Sum(less, k => b[(i * less) + k] * of[(k * more) + j]));
        }
        double[] result = new double[_size];
        for (int i = 0; i < less; i++)
            for (int j = 0; j < more; j++)
                result[tall ? (j * columns) + i : (i * columns) + j] = x[(i * more) + j];
        return result;
    }

    private static double[] Rounded(int height, int width, Func<int, int, double> element)
    {
        double[] all = new double[height * width];
        for (int i = 0; i < height; i++)
            for (int j = 0; j < width; j++)
                all[(i * width) + j] = Rounded(element(i, j));
        return all;
    }

    private static double Rounded(double value) => DeviceNumbers.Rounded((float)value);

    private static double Sum(int count, Func<int, double> term)
    {
        double sum = 0;
        for (int k = 0; k < count; k++)
            sum += term(k);
        return sum;
    }
}
