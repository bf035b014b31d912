using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Sites;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>A site of mhc with four bf16 streams between two sublayers, as most sites of a model are, on random numbers in memory of its own.</summary>
internal sealed class MeasuredSite : IDisposable
{
    /// <summary>n.</summary>
    public const int Streams = 4;

    /// <summary>What stands before the site.</summary>
    public const CudaSiteSource Source = CudaSiteSource.Mixes;

    private const int Drawn = 1 << 18; // numbers; larger arrays repeat them

    private readonly Gpu _gpu;
    private readonly SiteShape _shape;
    private readonly MhcOptions _options = Connections.Options(Streams);
    private readonly MhcMap _map;
    private readonly List<nint> _taken = [];
    private readonly CudaBefore _before;
    private readonly CudaSiteParameters _parameters;
    private readonly CudaSiteGradients _gradients;
    private readonly nint _streams, _products, _roots, _writing, _input, _forward, _backward, _counters;

    /// <param name="gpu">The GPU.</param>
    /// <param name="tokens">T.</param>
    /// <param name="width">C.</param>
    /// <exception cref="Core.PipelineException">There is not enough memory.</exception>
    public MeasuredSite(Gpu gpu, int tokens, int width)
    {
        (_gpu, _shape, _map) = (gpu, new(tokens, Streams, width), new MhcMap(_options));
        try
        {
            const CudaStreamType stream = CudaStreamType.BFloat16, single = CudaStreamType.Float32;
            long flat = (long)tokens * _shape.Flat, wide = (long)tokens * width, writing = (long)_map.WritingRows * tokens, fn = (long)_map.Rows * _shape.Flat;
            _before = new() { X = Random(flat, stream, 1), Output = Random(wide, stream, 1), Writing = Random(writing, single, 0.5), Mixes = true };
            _parameters = new(Random(fn, single, 1 / Math.Sqrt(_shape.Flat)), Random(_map.Biases, single, 1), Random(_map.Scales, single, 1));
            (_streams, _input) = (Take(flat, stream), Take(wide, stream));
            (_products, _roots, _writing) = (Take((long)_map.Rows * tokens, single), Take(tokens, single), Take(writing, single));
            _gradients = new()
            {
                Streams = Random(flat, stream, 1),
                Writing = Random(writing, single, 1),
                Input = Random(wide, stream, 1),
                BeforeX = Take(flat, stream),
                BeforeOutput = Take(wide, stream),
                BeforeWriting = Take(writing, single),
                Fn = Take(fn, single),
                Bias = Take(_map.Biases, single),
                Scale = Take(_map.Scales, single),
            };
            CudaSiteKernel kernel = Kernel(gpu.Launcher, reuses: true);
            (_forward, _backward) = (Take(kernel.ForwardWorkspace / sizeof(float), single), Take(kernel.BackwardWorkspace / sizeof(float), single));
            _counters = Take(kernel.CounterBytes / sizeof(int), single);
            gpu.Memory.Fill(_counters, 0, kernel.CounterBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The site's kernels by a launcher.</summary>
    /// <param name="launcher">Runs them.</param>
    /// <param name="reuses">Whether the forward pass of many tokens is one launch, as that of few always is.</param>
    public CudaSiteKernel Kernel(ILauncher launcher, bool reuses = false) =>
        new(launcher, _map, _options, Source, _shape, CudaStreamType.BFloat16, _gpu.Device.SharedBytes) { Reuses = reuses };

    /// <summary>The forward pass.</summary>
    public void Forward(CudaSiteKernel kernel) => kernel.Forward(
        _before, _parameters, _streams, _products, _roots, _writing, _input, _forward, counters: kernel.Decodes || kernel.Reuses ? _counters : 0);

    /// <summary>The backward pass, on what the last forward pass left.</summary>
    public void Backward(CudaSiteKernel kernel) => kernel.Backward(_before, _parameters, _products, _roots, _gradients, _backward);

    /// <summary>Milliseconds of a number of forward passes together.</summary>
    public double ForwardMilliseconds(CudaSiteKernel kernel, int times = 1) => Milliseconds(() => Forward(kernel), times);

    /// <summary>The same of backward passes.</summary>
    public double BackwardMilliseconds(CudaSiteKernel kernel, int times = 1) => Milliseconds(() => Backward(kernel), times);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint address in _taken)
            _gpu.Memory.Free(address);
        _taken.Clear();
    }

    private double Milliseconds(Action pass, int times)
    {
        _gpu.Clock.Clear();
        int start = _gpu.Clock.Mark();
        for (int i = 0; i < times; i++)
            pass();
        return _gpu.Clock.Milliseconds(start, _gpu.Clock.Mark());
    }

    private nint Take(long count, CudaStreamType type)
    {
        nint address = _gpu.Memory.Allocate(Math.Max(4, count * SiteNumbers.Size(type)));
        _taken.Add(address);
        return address;
    }

    /// <summary>Normally distributed numbers; the device itself repeats them, since drawing and sending billions takes minutes.</summary>
    private nint Random(long count, CudaStreamType type, double deviation)
    {
        nint address = Take(count, type);
        float[] drawn = SiteNumbers.Normal((int)Math.Min(count, Drawn), _taken.Count, deviation);
        byte[] bytes = SiteNumbers.Bytes(drawn, type);
        _gpu.Memory.Write(address, bytes);
        long all = count * SiteNumbers.Size(type);
        for (long written = bytes.Length; written < all; written *= 2)
            _gpu.Memory.Copy(address + (nint)written, address, Math.Min(written, all - written));
        return address;
    }
}
