using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>
/// One node of a graph: the mixing between two sublayers as <see cref="SiteKernel"/> computes it (arXiv 2512.24880, equations 3 and 7 to 9).
/// Without state of its own, so that any number of threads may run it at once; nothing is allocated on the managed heap.
/// </summary>
internal sealed unsafe class MixingOperator
{
    private readonly MixingOperatorKind _kind;
    private readonly SiteMap _map;
    private readonly int _n;
    private readonly string _name;

    /// <summary>From a node's attributes.</summary>
    /// <exception cref="PipelineException">One is missing or out of range.</exception>
    public MixingOperator(OrtApi api, nint info, MixingOperatorKind kind)
    {
        _kind = kind;
        _name = $"{MhcOperators.Domain}.{kind}";
        try
        {
            string connection = api.AttributeString(info, "connection");
            _name += $" ({connection})";
            var options = new MhcOptions(
                checked((int)api.AttributeInt(info, "streams")), checked((int)api.AttributeInt(info, "sinkhorn_iterations")),
                api.AttributeFloat(info, "eps"), api.AttributeFloat(info, "norm_eps"));
            if (options.Iterations < 1 || !(options.Eps >= 0) || !(options.NormEps >= 0))
                throw new PipelineException($"sinkhorn_iterations is {options.Iterations}, eps {options.Eps} and norm_eps {options.NormEps}; they can be 1 or more, 0 or more and 0 or more.");
            _n = options.Streams;
            _map = ConnectionMaps.For(connection, options, head: kind == MixingOperatorKind.End);
        }
        catch (Exception e) when (e is PipelineException or OverflowException)
        {
            throw new PipelineException($"{_name}: {e.Message}", e);
        }
    }

    /// <summary>Runs the node.</summary>
    /// <exception cref="PipelineException">An input has the wrong shape.</exception>
    public void Compute(OrtApi api, nint context)
    {
        var call = new OperatorContext(api, context, _name);
        var threads = new SessionThreads(api, context);
        KernelThreads.Host = SessionThreads.Lend(&threads);
        try
        {
            switch (_kind)
            {
                case MixingOperatorKind.Read:
                    Read(call);
                    break;
                case MixingOperatorKind.WriteRead:
                    WriteRead(call);
                    break;
                default:
                    End(call);
                    break;
            }
        }
        finally
        {
            KernelThreads.Host = default; // the context ends with this call
        }
    }

    // embedding [T,C], fn, base, scale -> input [T,C], writing [rows,T]
    private void Read(OperatorContext call)
    {
        SiteShape shape = Shape(call, 0, "embedding", call.Shape(0), 2);
        var before = new Before { Embedding = call.Input(0, "embedding", shape.Tokens, shape.Width) };
        SiteParameters parameters = Parameters(call, 1, shape, equal: true);
        float* input = call.Output(0, shape.Tokens, shape.Width), writing = call.Output(1, _map.WritingRows, shape.Tokens);
        Run(shape, before, parameters, null, writing, input);
    }

    // source, output [T,C], writing, fn, base, scale -> input [T,C], streams [T,n,C], writing [rows,T]
    private void WriteRead(OperatorContext call)
    {
        Before before = Written(call, out SiteShape shape);
        SiteParameters parameters = Parameters(call, 3, shape, equal: false);
        float* input = call.Output(0, shape.Tokens, shape.Width), streams = call.Output(1, shape.Tokens, _n, shape.Width);
        Run(shape, before, parameters, streams, call.Output(2, _map.WritingRows, shape.Tokens), input);
    }

    // source, output [T,C], writing, and fn, base, scale if the head has any -> hidden [T,C]
    private void End(OperatorContext call)
    {
        Before before = Written(call, out SiteShape shape);
        if (call.Has(3) != _map.Rows > 0)
            throw new PipelineException($"{call.Name}: fn {(_map.Rows > 0 ? "is missing" : "is given, but the streams are only added up")}. Export the run again.");
        SiteParameters parameters = _map.Rows > 0 ? Parameters(call, 3, shape, equal: false) : default;
        Run(shape, before, parameters, null, null, call.Output(0, shape.Tokens, shape.Width));
    }

    // source is the streams [T,n,C], or the embedding [T,C] that all of them still are.
    private Before Written(OperatorContext call, out SiteShape shape)
    {
        ReadOnlySpan<long> dimensions = call.Shape(0);
        bool equal = dimensions.Length == 2;
        shape = Shape(call, 0, "source", dimensions, equal ? 2 : 3);
        float* source = equal ? call.Input(0, "source", shape.Tokens, shape.Width) : call.Input(0, "source", shape.Tokens, _n, shape.Width);
        ReadOnlySpan<long> writing = call.Shape(2);
        bool mixes = writing.Length == 2 && writing[0] == _n * (_n + 1); // else post alone, of a site whose H_res is the identity
        return new Before
        {
            Embedding = equal ? source : null,
            X = equal ? null : source,
            Output = call.Input(1, "output", shape.Tokens, shape.Width),
            Writing = call.Input(2, "writing", mixes ? _n * (_n + 1) : _n, shape.Tokens),
            Mixes = mixes,
        };
    }

    private SiteShape Shape(OperatorContext call, int index, string what, ReadOnlySpan<long> dimensions, int rank)
    {
        if (dimensions.Length != rank || dimensions[0] > int.MaxValue || dimensions[^1] is < 1 or > 1 << 24)
            throw call.Wrong(what, dimensions, rank == 2 ? "[tokens, width]" : "[tokens, streams, width]");
        return new SiteShape((int)dimensions[0], _n, (int)dimensions[^1]);
    }

    // fn [Rows, nC / Groups]; where the streams are equal also fn summed over the streams, [Rows, C].
    private SiteParameters Parameters(OperatorContext call, int first, SiteShape shape, bool equal)
    {
        ReadOnlySpan<long> fn = call.Shape(first);
        bool summed = equal && fn.Length == 2 && fn[1] == shape.Width;
        return new SiteParameters
        {
            Fn = call.Input(first, "fn", _map.Rows, summed ? shape.Width : shape.Flat / _map.Groups),
            Bias = call.Input(first + 1, "base", _map.Biases),
            Scale = call.Input(first + 2, "scale", _map.Scales),
            Summed = summed,
        };
    }

    private void Run(SiteShape shape, Before before, SiteParameters parameters, float* streams, float* writing, float* input)
    {
        int products = _map.Rows * _map.Groups * shape.Tokens;
        float* sums = Scratch.Sums(products + (_map.Groups * shape.Tokens));
        SiteKernel.Forward(_map, shape, before, parameters, streams, sums, sums + products, writing, input);
    }
}
