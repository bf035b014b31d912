using System.Runtime.CompilerServices;
using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// The maps whose logits are m scale + base, with one scale each for pre, post and comb, and whose gates are pre = sigmoid + eps and
/// post = 2 sigmoid (arXiv 2512.24880, equation 8). What makes comb of its logits is the derived class's.
/// </summary>
/// <param name="streams">n.</param>
/// <param name="combRows">Logits of comb; 0 when there is none.</param>
/// <param name="eps">Added to pre.</param>
/// <param name="normEps">Added to the mean square of the streams.</param>
public abstract unsafe class GatedMap(int streams, int combRows, double eps, double normEps) : SiteMap(streams, normEps)
{
    /// <inheritdoc/>
    public override int Rows => (Writes ? 2 * Streams : Streams) + combRows;

    /// <inheritdoc/>
    public override int Biases => Rows;

    /// <inheritdoc/>
    public override int Scales => !Writes ? 1 : Mixes ? 3 : 2;

    /// <summary>comb from its logits z.</summary>
    internal virtual void Mix<V>(V* z, V* comb)
        where V : unmanaged, ILanes<V>
    {
    }

    /// <summary>The gradient of comb's logits z, which may be overwritten, as may that of comb.</summary>
    internal virtual void MixBackward<V>(V* z, V* gcomb, V* gz)
        where V : unmanaged, ILanes<V>
    {
    }

    [SkipLocalsInit]
    internal sealed override void Forward<V>(V* m, float* scale, float* bias, V* q)
    {
        int n = Streams, gates = Writes ? 2 * n : n;
        for (int row = 0; row < gates; row++)
        {
            V gate = Gate(m, scale, bias, row);
            q[row] = row < n ? gate + V.Of((float)eps) : gate + gate;
        }
        if (combRows == 0)
            return;
        V* z = stackalloc V[combRows];
        Logits(m, scale, bias, z);
        Mix(z, q + gates);
    }

    internal sealed override void Backward<V>(V* m, float* scale, float* bias, V* pre, V* gq, V* gm, V* gscale, V* gbias)
    {
        int n = Streams, gates = Writes ? 2 * n : n;
        V* gz = stackalloc V[Rows];
        for (int row = 0; row < gates; row++)
        {
            // pre = s + eps: dz = dpre s (1 - s). post = 2 s: dz = dpost 2 s (1 - s).
            V gate = Gate(m, scale, bias, row);
            if (row < n)
                pre[row] = gate + V.Of((float)eps);
            V slope = gate * (V.Of(1) - gate);
            gz[row] = gq[row] * (row < n ? slope : slope + slope);
        }
        if (combRows > 0)
        {
            V* z = stackalloc V[combRows];
            Logits(m, scale, bias, z);
            MixBackward(z, gq + gates, gz + gates);
        }
        for (int row = 0; row < Rows; row++)
        {
            int group = Math.Min(row / n, 2);
            gbias[row] += gz[row];
            gscale[group] = V.MultiplyAdd(gz[row], m[row], gscale[group]);
            gm[row] = gz[row] * V.Of(scale[group]);
        }
    }

    private V Gate<V>(V* m, float* scale, float* bias, int row)
        where V : unmanaged, ILanes<V> =>
        Functions.Sigmoid(V.MultiplyAdd(m[row], V.Of(scale[row / Streams]), V.Of(bias[row])));

    private void Logits<V>(V* m, float* scale, float* bias, V* z)
        where V : unmanaged, ILanes<V>
    {
        for (int row = 2 * Streams; row < Rows; row++)
            z[row - (2 * Streams)] = V.MultiplyAdd(m[row], V.Of(scale[2]), V.Of(bias[row]));
    }
}
