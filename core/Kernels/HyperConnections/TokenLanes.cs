using System.Runtime.CompilerServices;
using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>Vectors of tokens: lane by lane one token's number.</summary>
internal static unsafe class TokenLanes
{
    /// <summary>As many tokens as a vector has lanes, or fewer and zeros.</summary>
    /// <param name="source">The first token's number.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="stride">Distance of the tokens' numbers.</param>
    [SkipLocalsInit]
    public static V Load<V>(float* source, int count, int stride = 1)
        where V : unmanaged, ILanes<V>
    {
        if (count == V.Count && stride == 1)
            return V.Load(source);
        float* padded = stackalloc float[V.Count];
        V.Of(0).Store(padded);
        for (int lane = 0; lane < count; lane++)
            padded[lane] = source[lane * stride];
        return V.Load(padded);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [SkipLocalsInit]
    public static void Store<V>(V values, float* target, int count, int stride = 1)
        where V : unmanaged, ILanes<V>
    {
        if (count == V.Count && stride == 1)
        {
            values.Store(target);
            return;
        }
        float* lanes = stackalloc float[V.Count];
        values.Store(lanes);
        for (int lane = 0; lane < count; lane++)
            target[lane * stride] = lanes[lane];
    }

    /// <summary>The normed products m of tokens [Groups * Rows].</summary>
    /// <param name="map">Which ones.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="groups">Groups that were multiplied: the map's, or 1 when one stream stands for all.</param>
    /// <param name="products">[Rows, T, groups].</param>
    /// <param name="roots">[T, groups].</param>
    /// <param name="token">The first.</param>
    /// <param name="count">Tokens, at most the vector's lanes.</param>
    /// <param name="m">Written.</param>
    public static void Normed<V>(SiteMap map, SiteShape shape, int groups, float* products, float* roots, int token, int count, V* m)
        where V : unmanaged, ILanes<V>
    {
        nint start = (nint)token * groups;
        for (int g = 0; g < map.Groups && map.Rows > 0; g++)
        {
            nint at = start + Math.Min(g, groups - 1);
            float* first = products + at;
            V root = Load<V>(roots + at, count, groups);
            for (int row = 0; row < map.Rows; row++, first += (nint)shape.Tokens * groups)
                m[(g * map.Rows) + row] = (count == 1 ? V.Of(*first) : Load<V>(first, count, groups)) * root; // one token, as in decoding: root has the zeros
        }
    }
}
