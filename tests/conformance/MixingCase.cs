using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Functions;
using static TorchSharp.torch;

namespace MhcPipeline.Conformance;

/// <summary>A layer or head case: one site's mixing, forward and gradients, by tensor operations and by the fused kernels.</summary>
public sealed class MixingCase(string path, Device device, ScalarType precision) : ReferenceCase(path, device, precision)
{
    /// <inheritdoc/>
    protected override IReadOnlyList<TensorError> Compare()
    {
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        var kind = file.Metadata.GetValueOrDefault("kind") ?? throw new PipelineException($"{Path} does not say its kind in the header's metadata.");
        return kind switch
        {
            "mhc_head" => HeadBothWays(file, new HeadMap(Options(file))),
            _ when ConnectionRegistry.Names.Contains(kind) && ConnectionRegistry.Find(kind) is { Coefficients: { } coefficients, Map: { } map } =>
                LayerBothWays(file, coefficients, map(Options(file))),
            _ => throw new PipelineException($"{Path} is of kind '{kind}'; mhc_head and the connections that mix streams are known ({string.Join(", ", ConnectionRegistry.Names)})."),
        };
    }

    private List<TensorError> HeadBothWays(SafetensorsFile file, HeadMap map)
    {
        CheckSizes(file, map);
        return [.. Head(file, Options(file)), .. HeadByKernels(file, map)];
    }

    private List<TensorError> LayerBothWays(SafetensorsFile file, Func<Tensor, Tensor, Tensor, Tensor, MhcOptions, MixingCoefficients> site, SiteMap map)
    {
        CheckSizes(file, map);
        return [.. Layer(file, site, Options(file)), .. LayerByKernels(file, map)];
    }

    // Kernels read and write by pointers: what a file holds less than its streams and n say would be read past its end.
    private static void CheckSizes(SafetensorsFile file, SiteMap map)
    {
        IReadOnlyList<long> streams = file.Tensor("streams").Shape; // [..., n, C]
        if (streams.Count < 2 || streams[^2] != map.Streams)
            throw new PipelineException($"{file.Path}: streams is [{string.Join(", ", streams)}], but n is {map.Streams}; streams has n streams in its last dimension but one.");
        long flat = file.Tensor("streams").Count, one = flat / map.Streams, fn = map.Streams * streams[^1] / map.Groups;
        (string Name, long Count)[] sizes = [("fn", map.Rows * fn), ("base", map.Biases), ("scale", map.Scales)];
        sizes = map.Writes ? [.. sizes, ("sublayer_output", one), ("grad_sublayer_input", one), ("grad_streams_out", flat)] : [.. sizes, ("grad_output", one)];
        foreach ((string name, long count) in sizes)
            if (file.Tensor(name).Count != count)
                throw new PipelineException($"{file.Path}: {name} has {file.Tensor(name).Count} numbers; for streams of [{string.Join(", ", streams)}] it has {count}.");
    }

    private List<TensorError> Layer(SafetensorsFile file, Func<Tensor, Tensor, Tensor, Tensor, MhcOptions, MixingCoefficients> site, MhcOptions options)
    {
        Tensor streams = Input(file, "streams"), fn = Input(file, "fn"), bias = Input(file, "base"), scale = Input(file, "scale"), output = Input(file, "sublayer_output");
        Tensor x = Narrow(streams);
        MixingCoefficients coefficients = site(x, fn, bias, scale, options);
        Tensor input = MhcComposed.Read(x, coefficients.Pre);
        Tensor streamsOut = MhcComposed.Write(x, coefficients, Narrow(output));
        Tensor loss = (streamsOut * Given(file, "grad_streams_out")).sum() + (input * Given(file, "grad_sublayer_input")).sum();
        BackwardPass.Run(loss);
        return
        [
            Output(file, "pre", coefficients.Pre), Output(file, "post", coefficients.Post), Output(file, "comb", coefficients.Comb),
            Output(file, "sublayer_input", input), Output(file, "streams_out", streamsOut),
            Gradient(file, "grad_streams", streams), Gradient(file, "grad_fn", fn), Gradient(file, "grad_base", bias),
            Gradient(file, "grad_scale", scale), Gradient(file, "grad_sublayer_output", output),
        ];
    }

    private List<TensorError> Head(SafetensorsFile file, MhcOptions options)
    {
        Tensor streams = Input(file, "streams"), fn = Input(file, "fn"), bias = Input(file, "base"), scale = Input(file, "scale");
        Tensor x = Narrow(streams), mix = MhcComposed.HeadMix(x, fn, bias, scale, options);
        Tensor output = MhcComposed.Read(x, mix);
        BackwardPass.Run((output * Given(file, "grad_output")).sum());
        return
        [
            Output(file, "mix", mix), Output(file, "output", output),
            Gradient(file, "grad_streams", streams), Gradient(file, "grad_fn", fn), Gradient(file, "grad_base", bias), Gradient(file, "grad_scale", scale),
        ];
    }

    private List<TensorError> LayerByKernels(SafetensorsFile file, SiteMap map)
    {
        if (Site(file, map) is not { } site)
            return [];
        Tensor input = site.Read(), output = Rows(file, "sublayer_output");
        var gradients = site.Backward(output, Streams(file, "grad_streams_out", map), Rows(file, "grad_sublayer_input"));
        return
        [
            Kernels(file, "post", site.Post()), .. map.Mixes ? [Kernels(file, "comb", site.Comb())] : Array.Empty<TensorError>(),
            Kernels(file, "sublayer_input", input), Kernels(file, "streams_out", site.Write(output)),
            .. Kernels(file, gradients.Streams, gradients.Weights), Kernels(file, "grad_sublayer_output", gradients.Output!, GradientLimit),
        ];
    }

    private List<TensorError> HeadByKernels(SafetensorsFile file, HeadMap map)
    {
        if (Site(file, map) is not { } site)
            return [];
        Tensor output = site.Read();
        var gradients = site.Backward(null, null, Rows(file, "grad_output"));
        return [Kernels(file, "output", output), .. Kernels(file, gradients.Streams, gradients.Weights)];
    }

    /// <summary>The site by the kernels that training would take; null where it takes tensor operations.</summary>
    private KernelSite? Site(SafetensorsFile file, SiteMap map)
    {
        Tensor streams = Streams(file, "streams", map);
        long widest = streams.shape[1] * streams.shape[2];
        ISiteKernels? kernels = DeviceKernels.For(streams, widest) is { } launcher ? new DeviceSites(launcher, Options(file)) : HostKernels.Serve(streams, widest) ? HostSites.Instance : null;
        return kernels is null ? null : new(kernels, map, streams, new(Given(file, "fn"), Given(file, "base"), Given(file, "scale")));
    }

    /// <summary>[T,n,C], in the streams' type.</summary>
    private Tensor Streams(SafetensorsFile file, string name, SiteMap map) => Narrow(Given(file, name)).view(-1, map.Streams, file.Tensor("streams").Shape[^1]);

    /// <summary>[T,C], in the streams' type.</summary>
    private Tensor Rows(SafetensorsFile file, string name) => Narrow(Given(file, name)).view(-1, file.Tensor("streams").Shape[^1]);

    private Tensor Narrow(Tensor given) => given.to_type(Precision);

    private IEnumerable<TensorError> Kernels(SafetensorsFile file, Tensor streams, SiteWeights weights) =>
    [
        Kernels(file, "grad_streams", streams, GradientLimit), Kernels(file, "grad_fn", weights.Fn!, GradientLimit),
        Kernels(file, "grad_base", weights.Bias!, GradientLimit), Kernels(file, "grad_scale", weights.Scale!, GradientLimit),
    ];

    private TensorError Kernels(SafetensorsFile file, string name, Tensor actual, double? limit = null) =>
        TensorError.WithinRelative("kernels' " + name, file.ReadFloat32(name), Values(actual), limit ?? OutputLimit);

    private static MhcOptions Options(SafetensorsFile file)
    {
        // Only connection mhc iterates, and hc has no eps: the other cases say nothing of them.
        return new MhcOptions((int)Number("n"), (int)Number("sinkhorn_iters", 1), Number("hc_eps", 0), Number("norm_eps"));

        double Number(string key, double? otherwise = null) =>
            !file.Metadata.TryGetValue(key, out string? text) && otherwise is { } value ? value
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
            : throw new PipelineException($"{file.Path}: the header's metadata has {key} = '{text}', where a number is needed.");
    }

    private Tensor Given(SafetensorsFile file, string name) => tensor(file.ReadFloat32(name), [.. file.Tensor(name).Shape]).to(Device);

    private Tensor Input(SafetensorsFile file, string name) => Given(file, name).requires_grad_();

    private TensorError Output(SafetensorsFile file, string name, Tensor actual) =>
        TensorError.WithinRelative(name, file.ReadFloat32(name), Values(actual), OutputLimit);

    private TensorError Gradient(SafetensorsFile file, string name, Tensor input) =>
        TensorError.WithinRelative(name, file.ReadFloat32(name), Values(input.grad ?? throw new PipelineException($"{file.Path}: no gradient reached {name}.")), GradientLimit);

    private static float[] Values(Tensor tensor) => tensor.detach().to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}
