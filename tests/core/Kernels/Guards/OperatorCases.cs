using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Operators;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>The operators as ONNX Runtime calls them, on threads that it lends.</summary>
internal static class OperatorCases
{
    public static IEnumerable<GuardedCase> All() =>
        from connection in MhcOperators.Connections
        from streams in Enumerable.Range(1, connection == "mhc_lite" ? 4 : Before.MaximumStreams)
        from size in GuardedSizes.Pairs(streams + 7).Concat([(1, 1613), (3, 811), (47, 613)]) // fn is cut, or the tokens are
        from node in Enum.GetValues<MixingOperatorKind>()
        from equal in new[] { false, true } // fn summed over the streams, or streams that are all the embedding
        from mixes in node == MixingOperatorKind.Read ? [false] : new[] { false, true } // H_res of the site before
        select new GuardedCase($"{node} of {connection}, n {streams}, {size.Item1} tokens of {size.Item2}{(equal ? ", equal streams" : "")}{(mixes ? ", mixed before" : "")}", memory => Run(memory, connection, node, streams, size.Item1, size.Item2, equal, mixes));

    private static void Run(CaseMemory memory, string connection, MixingOperatorKind node, int n, int tokens, int width, bool equal, bool mixes)
    {
        SiteMap map = ConnectionMaps.For(connection, new MhcOptions(n, 2, 1e-6, 1e-6), head: node == MixingOperatorKind.End);
        using var call = new OperatorCall(memory, connection, n);
        if (node == MixingOperatorKind.Read)
        {
            call.Give("embedding", tokens, width);
        }
        else
        {
            call.Give("source", equal ? [tokens, width] : [tokens, n, width]);
            call.Give("output", tokens, width);
            call.Give("writing", mixes ? n * (n + 1) : n, tokens);
        }
        if (map.Rows > 0)
        {
            call.Give("fn", map.Rows, node == MixingOperatorKind.Read && equal ? width : n * width / map.Groups);
            call.Give("base", map.Biases);
            call.Give("scale", map.Scales);
        }
        memory.Step(call.ToString());
        call.Run(node);
    }
}
