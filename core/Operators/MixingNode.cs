using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>One node of a graph as its attributes describe it, and what a call of it gives and wants: the same on every provider.</summary>
internal sealed unsafe class MixingNode
{
    private readonly MixingOperatorKind _kind;

    /// <summary>From a node's attributes.</summary>
    /// <exception cref="PipelineException">One is missing or out of range.</exception>
    public MixingNode(OrtApi api, nint info, MixingOperatorKind kind)
    {
        _kind = kind;
        Name = $"{MhcOperators.Domain}.{kind}";
        try
        {
            string connection = api.AttributeString(info, "connection");
            Name += $" ({connection})";
            Options = new MhcOptions(
                checked((int)api.AttributeInt(info, "streams")), checked((int)api.AttributeInt(info, "sinkhorn_iterations")),
                api.AttributeFloat(info, "eps"), api.AttributeFloat(info, "norm_eps"));
            if (Options.Iterations < 1 || !(Options.Eps >= 0) || !(Options.NormEps >= 0))
                throw new PipelineException($"sinkhorn_iterations is {Options.Iterations}, eps {Options.Eps} and norm_eps {Options.NormEps}; they can be 1 or more, 0 or more and 0 or more.");
            Map = ConnectionMaps.For(connection, Options, head: kind == MixingOperatorKind.End);
            Mixes = ConnectionMaps.For(connection, Options, head: false).Mixes;
        }
        catch (Exception e) when (e is PipelineException or OverflowException)
        {
            throw new PipelineException($"{Name}: {e.Message}", e);
        }
    }

    /// <summary>The operator and its connection, for messages.</summary>
    public string Name { get; }

    /// <summary>Of the site that reads, or the head's.</summary>
    public SiteMap Map { get; }

    /// <summary>What the map was made with.</summary>
    public MhcOptions Options { get; }

    /// <summary>Whether the node begins with a write.</summary>
    public bool Writes => _kind != MixingOperatorKind.Read;

    /// <summary>Whether that write, which is the same connection's, mixes.</summary>
    public bool Mixes { get; }

    private int N => Options.Streams;

    /// <summary>Finds a call's inputs right, and makes its outputs.</summary>
    /// <exception cref="PipelineException">An input has the wrong shape.</exception>
    public MixingCall Call(OrtApi api, nint context)
    {
        var call = new OperatorContext(api, context, Name);
        return _kind switch
        {
            MixingOperatorKind.Read => Read(call),
            MixingOperatorKind.WriteRead => WriteRead(call),
            _ => End(call),
        };
    }

    // embedding [T,C], fn, base, scale -> input [T,C], writing [rows,T]
    private MixingCall Read(OperatorContext call)
    {
        SiteShape shape = Shape(call, 0, "embedding", call.Shape(0), 2);
        nint embedding = call.Input(0, "embedding", shape.Tokens, shape.Width);
        MixingCall read = Parameters(call, 1, new() { Shape = shape, Embedding = embedding }, equal: true);
        return read with { Input = call.Output(0, shape.Tokens, shape.Width), NextWriting = call.Output(1, Map.WritingRows, shape.Tokens) };
    }

    // source, output [T,C], writing, fn, base, scale -> input [T,C], streams [T,n,C], writing [rows,T]
    private MixingCall WriteRead(OperatorContext call)
    {
        MixingCall written = Parameters(call, 3, Written(call), equal: false);
        SiteShape shape = written.Shape;
        nint input = call.Output(0, shape.Tokens, shape.Width), streams = call.Output(1, shape.Tokens, N, shape.Width);
        return written with { Input = input, Streams = streams, NextWriting = call.Output(2, Map.WritingRows, shape.Tokens) };
    }

    // source, output [T,C], writing, and fn, base, scale if the head has any -> hidden [T,C]
    private MixingCall End(OperatorContext call)
    {
        MixingCall written = Written(call);
        if (call.Has(3) != Map.Rows > 0)
            throw new PipelineException($"{call.Name}: fn {(Map.Rows > 0 ? "is missing" : "is given, but the streams are only added up")}. Export the run again.");
        if (Map.Rows > 0)
            written = Parameters(call, 3, written, equal: false);
        return written with { Input = call.Output(0, written.Shape.Tokens, written.Shape.Width) };
    }

    // source is the streams [T,n,C], or the embedding [T,C] that all of them still are.
    private MixingCall Written(OperatorContext call)
    {
        ReadOnlySpan<long> dimensions = call.Shape(0);
        bool equal = dimensions.Length == 2;
        SiteShape shape = Shape(call, 0, "source", dimensions, equal ? 2 : 3);
        nint source = equal ? call.Input(0, "source", shape.Tokens, shape.Width) : call.Input(0, "source", shape.Tokens, N, shape.Width);
        ReadOnlySpan<long> writing = call.Shape(2);
        bool mixes = writing.Length == 2 && writing[0] == N * (N + 1); // else post alone, of a site whose H_res is the identity
        return new()
        {
            Shape = shape,
            Embedding = equal ? source : 0,
            X = equal ? 0 : source,
            Output = call.Input(1, "output", shape.Tokens, shape.Width),
            Writing = call.Input(2, "writing", mixes ? N * (N + 1) : N, shape.Tokens),
            Mixes = mixes,
        };
    }

    private SiteShape Shape(OperatorContext call, int index, string what, ReadOnlySpan<long> dimensions, int rank)
    {
        if (dimensions.Length != rank || dimensions[0] > int.MaxValue || dimensions[^1] is < 1 or > 1 << 24)
            throw call.Wrong(what, dimensions, rank == 2 ? "[tokens, width]" : "[tokens, streams, width]");
        return new SiteShape((int)dimensions[0], N, (int)dimensions[^1]);
    }

    // fn [Rows, nC / Groups]; where the streams are equal also fn summed over the streams, [Rows, C].
    private MixingCall Parameters(OperatorContext call, int first, MixingCall site, bool equal)
    {
        ReadOnlySpan<long> fn = call.Shape(first);
        int width = site.Shape.Width, whole = site.Shape.Flat / Map.Groups;
        bool summed = equal && fn.Length == 2 && fn[1] == width;
        return site with
        {
            Fn = call.Input(first, "fn", Map.Rows, summed ? width : whole),
            Bias = call.Input(first + 1, "base", Map.Biases),
            Scale = call.Input(first + 2, "scale", Map.Scales),
            Summed = summed,
        };
    }
}
