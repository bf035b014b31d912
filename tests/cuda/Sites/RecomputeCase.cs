using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>A block of sites on random numbers.</summary>
internal sealed unsafe class RecomputeCase(int n, CudaStreamType type, bool mixes, bool embedded, int tokens, int width, int sites)
{
    private readonly SiteShape _shape = new(tokens, n, width);
    private readonly float[] _start = SiteNumbers.Rounded(SiteNumbers.Normal(tokens * width * (embedded ? 1 : n), 1), type);
    private readonly float[][] _outputs = [.. Enumerable.Range(0, sites).Select(site => SiteNumbers.Rounded(SiteNumbers.Normal(tokens * width, 10 + site), type))];
    private readonly float[][] _writing = [.. Enumerable.Range(0, sites).Select(site => SiteNumbers.Normal(tokens * n * (mixes ? n + 1 : 1), 50 + site, 0.5))];

    private int Length => tokens * n * width;

    /// <summary>All sites' streams by the launch, or the last's alone.</summary>
    public float[] Run(ILauncher launcher, bool lastAlone = false)
    {
        using var memory = new HostMemory();
        return Run(launcher, memory, lastAlone);
    }

    public float[] Run(ILauncher launcher, HostMemory memory, bool lastAlone = false)
    {
        var writes = new CudaSiteWrite[sites];
        for (int site = 0; site < sites; site++)
            writes[site] = new(
                SiteNumbers.Put(memory, _outputs[site], type), SiteNumbers.Put(memory, _writing[site], CudaStreamType.Float32),
                lastAlone && site < sites - 1 ? 0 : memory.Take((long)Length * SiteNumbers.Size(type)));
        new CudaStreamRecompute(launcher, _shape, type, mixes).Launch(SiteNumbers.Put(memory, _start, type), embedded, writes);
        memory.Check();
        return [.. writes.Where(write => write.Streams != 0).SelectMany(write => SiteNumbers.Get(write.Streams, Length, type))];
    }

    /// <summary>The same by the plain kernel's writes, or for bf16 of 32 m columns the fast one's, one after another.</summary>
    public float[] SiteAfterSite()
    {
        using var memory = new HostMemory();
        MhcOptions options = Connections.Options(n);
        SiteMap map = mixes ? new MhcMap(options) : new IdentityMap(options);
        var kernel = new CudaSiteKernel(new HostLauncher(lastFirst: false), map, options, mixes ? CudaSiteSource.Mixes : CudaSiteSource.Gates, _shape, type, SiteCase.LargeDevice);
        nint x = SiteNumbers.Put(memory, Start(), type);
        var all = new List<float>();
        for (int site = 0; site < sites; site++)
        {
            nint written = memory.Take((long)Length * SiteNumbers.Size(type));
            kernel.Write(new() { X = x, Output = SiteNumbers.Put(memory, _outputs[site], type), Writing = SiteNumbers.Put(memory, _writing[site], CudaStreamType.Float32), Mixes = mixes }, written);
            all.AddRange(SiteNumbers.Get(written, Length, type));
            x = written;
        }
        return [.. all];
    }

    /// <summary>The worst difference from <see cref="SiteKernel.Write"/> on the streams that stood before, beyond their rounding, of the largest number.</summary>
    public double WorstAgainstSiteKernel(float[] actual)
    {
        double worst = 0, rounding = type == CudaStreamType.BFloat16 ? 1.0 / 256 : 1e-6, largest = actual.Max(Math.Abs);
        float[] before = Start(), expected = new float[Length];
        for (int site = 0; site < sites; site++)
        {
            fixed (float* x = before, f = _outputs[site], q = _writing[site], y = expected)
                SiteKernel.Write(_shape, new Before { X = x, Output = f, Writing = q, Mixes = mixes }, y);
            before = actual[(site * Length)..((site + 1) * Length)];
            worst = Math.Max(worst, expected.Zip(before, (a, b) => float.IsNaN(b) ? double.PositiveInfinity : Math.Abs((double)a - b) - (rounding * Math.Abs(a))).Max() / largest);
        }
        return worst;
    }

    private float[] Start() => embedded ? [.. Enumerable.Range(0, tokens * n).SelectMany(k => _start.AsSpan(k / n * width, width).ToArray())] : _start;
}
