using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// Hyper-connections in general (arXiv 2409.19606): n residual streams; a site reads a weighted sum of them,
/// u = sum_i pre_i X_i, and leaves X'_j = post_j F(u) + sum_i comb[i,j] X_i. A connection of this family says what its
/// coefficients are and how the streams become one again.
/// </summary>
/// <remarks>
/// Every one of them starts as the plain residual network: all streams are the embedding; post is exactly 1, so that every
/// stream gets the sublayer's output once; the columns of comb sum to 1, so that equal streams stay equal; what a site reads
/// is a multiple of the stream, which the sublayer's norm takes out again. Two choices let the streams part from there:
/// site s reads mostly (or only) stream s mod n, so that gradients differ between streams from the first step; and comb
/// starts at or near the identity, since 1/n everywhere would average the streams' differences away at every site.
/// </remarks>
public abstract class StreamConnection : IConnection
{
    private readonly (Parameter Fn, Parameter Base, Parameter Scale)[] _sites;
    private DeviceSites? _device;

    /// <summary>Binds the connection to its sites' parameters.</summary>
    protected StreamConnection(ModelConfig config, ParameterStore parameters)
    {
        Options = config.MixingConstants();
        _sites = [.. SiteNames(config).Select(site => (parameters.Leaf(site + ".fn"), parameters.Leaf(site + ".base"), parameters.Leaf(site + ".scale")))];
    }

    /// <inheritdoc/>
    public Action<int, Tensor>? OnMixing { get; set; }

    /// <inheritdoc/>
    public Action<Tensor>? OnStreams { get; set; }

    /// <summary>The constants.</summary>
    protected MhcOptions Options { get; }

    /// <summary>False leaves everything to tensor operations, the reference; kernels run on the host's memory in float32, and on GPUs in bf16 and float32.</summary>
    public bool UsesKernels { get; set; } = true;

    /// <inheritdoc/>
    public int KeepEvery { get; set; } = 1;

    /// <summary>What kernels do for a site.</summary>
    protected abstract SiteMap SiteMap { get; }

    /// <summary>The same for what ends the streams.</summary>
    protected abstract SiteMap HeadMap { get; }

    /// <inheritdoc/>
    public Streams Begin(Tensor embedding)
    {
        (long batch, long sequence, long width) = (embedding.shape[0], embedding.shape[1], embedding.shape[2]);
        if (KernelsFor(embedding) is not { } kernels)
            return new(embedding.unsqueeze(2).expand(batch, sequence, Options.Streams, width).contiguous()); // [B,S,n,C]
        var shape = new SiteShape((int)(batch * sequence), Options.Streams, (int)width);
        return new(embedding) { Kernels = kernels, Tape = is_grad_enabled() ? new StreamTape(kernels, SiteMap, shape, KeepEvery) : null };
    }

    /// <inheritdoc/>
    public Streams Around(int site, Streams streams, Func<Tensor, Tensor> sublayer)
    {
        var (fn, bias, scale) = _sites[site];
        if (streams.Kernels is null)
        {
            MixingCoefficients coefficients = Coefficients(streams.Value, fn, bias, scale);
            OnMixing?.Invoke(site, coefficients.Comb.transpose(-1, -2));
            return new(Write(streams.Value, coefficients, sublayer(MhcComposed.Read(streams.Value, coefficients.Pre)))); // [B,S,n,C]
        }
        long batch = streams.Value.shape[0], sequence = streams.Value.shape[1], width = streams.Value.shape[^1];
        (Tensor input, Tensor next, Tensor writing) = SiteFunction.Read(SiteMap, streams, fn, bias, scale); // [T,C], [T,n,C], [rows,T]
        streams.Free();
        using Tensor written = next; // its view goes on
        OnMixing?.Invoke(site, Mixing(writing, batch, sequence));
        return streams with
        {
            Value = written.view(batch, sequence, Options.Streams, width),
            Writing = writing,
            Output = sublayer(input.view(batch, sequence, width)),
        };
    }

    /// <inheritdoc/>
    public Tensor End(Streams streams)
    {
        OnStreams?.Invoke(Written(streams));
        if (streams.Kernels is null)
            return Join(streams.Value);
        var (fn, bias, scale) = HeadParameters;
        return SiteFunction.Read(HeadMap, streams, fn, bias, scale).Input.view(streams.Output!.shape); // [B,S,C]
    }

    /// <summary>What runs the sites, by the embedding's device and type; null where tensor operations do.</summary>
    private ISiteKernels? KernelsFor(Tensor embedding)
    {
        if (!UsesKernels)
            return null;
        long widest = Options.Streams * embedding.shape[^1];
        if (DeviceKernels.For(embedding, widest) is not { } launcher)
            return HostKernels.Serve(embedding, widest) ? HostSites.Instance : null;
        return _device is { } device && ReferenceEquals(device.Launcher.Launcher, launcher.Launcher) ? device : _device = new(launcher, Options);
    }

    /// <summary>A site's coefficients for these streams, by tensor operations.</summary>
    /// <param name="streams">X [B,S,n,C].</param>
    /// <param name="fn">The site's.</param>
    /// <param name="bias">The site's.</param>
    /// <param name="scale">The site's.</param>
    protected abstract MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale);

    /// <summary>One hidden state from the streams [B,S,n,C] after the last site, by tensor operations: [B,S,C], before the final norm.</summary>
    protected abstract Tensor Join(Tensor streams);

    /// <summary>fn, base and scale of what ends the streams, if it has any.</summary>
    protected virtual (Parameter? Fn, Parameter? Base, Parameter? Scale) HeadParameters => default;

    /// <summary>The new streams X'_j = post_j F(u) + sum_i comb[i,j] X_i, [B,S,n,C]; a comb of a simpler form has a cheaper way.</summary>
    /// <param name="streams">X [B,S,n,C].</param>
    /// <param name="coefficients">Of the same site.</param>
    /// <param name="output">F(u) [B,S,C].</param>
    protected virtual Tensor Write(Tensor streams, MixingCoefficients coefficients, Tensor output) => MhcComposed.Write(streams, coefficients, output);

    /// <summary>The tensors of all sites. None has weight decay: it would pull the mixing back to its start.</summary>
    /// <param name="config">The model.</param>
    /// <param name="fn">Shape of fn: a row for each map that is computed from the streams, and what a row is multiplied with.</param>
    /// <param name="start">What fn holds before training.</param>
    /// <param name="bias">From a site's number to what its base holds before training.</param>
    /// <param name="scales">Number of scales.</param>
    /// <param name="scale">What they hold before training.</param>
    protected static IEnumerable<ParameterSpec> SiteParameters(ModelConfig config, (long Rows, long Columns) fn, Initial start, Func<int, float[]> bias, int scales, double scale)
    {
        foreach ((int index, string site) in SiteNames(config).Index())
        {
            float[] values = bias(index);
            yield return new(site + ".fn", [fn.Rows, fn.Columns], start, Decay: false);
            yield return new(site + ".base", [values.Length], Initial.Of(values), Decay: false);
            yield return new(site + ".scale", [scales], Initial.All(scale), Decay: false);
        }
    }

    /// <summary>H_res [B,S,n,n] of the coefficients that a kernel left; row j has the shares of the old streams in new stream j.</summary>
    private Tensor Mixing(Tensor writing, long batch, long sequence)
    {
        int n = Options.Streams;
        return SiteMap.Mixes
            ? writing.detach().narrow(0, n, n * n).view(n, n, batch, sequence).permute(2, 3, 1, 0)
            : eye(n, dtype: ScalarType.Float32, device: writing.device).expand(batch, sequence, n, n);
    }

    /// <summary>The streams with the last sublayer's output in them, detached.</summary>
    private Tensor Written(Streams streams)
    {
        Tensor x = streams.Value.detach(); // [B,S,n,C]
        if (streams.Kernels is null)
            return x;
        (long batch, long sequence, int n) = (x.shape[0], x.shape[1], Options.Streams);
        Tensor post = streams.Writing!.detach().narrow(0, 0, n).t().contiguous().view(batch, sequence, n);
        Tensor comb = Mixing(streams.Writing!, batch, sequence).transpose(-1, -2).contiguous();
        return Write(x, new(post, post, comb), streams.Output!.detach());
    }

    private static IEnumerable<string> SiteNames(ModelConfig config) =>
        Enumerable.Range(0, config.NumHiddenLayers).SelectMany(layer => new[] { $"model.layers.{layer}.attn_hc", $"model.layers.{layer}.ffn_hc" });
}
