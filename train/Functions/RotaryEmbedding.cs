using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// Rotary position embedding (RoFormer, arXiv 2104.09864) in Hugging Face's rotate-half form: dimension d turns with
/// dimension d + D/2 by the angle position * theta^(-2d/D).
/// </summary>
public sealed class RotaryEmbedding : IDisposable
{
    /// <summary>Tabulates the angles of every position.</summary>
    /// <param name="headDim">D, even.</param>
    /// <param name="positions">Number of positions.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <param name="device">Where the tables live.</param>
    public RotaryEmbedding(int headDim, int positions, double theta, Device device)
    {
        int half = headDim / 2;
        float[] cos = new float[positions * headDim], sin = new float[positions * headDim];
        for (int position = 0; position < positions; position++)
            for (int d = 0; d < half; d++)
            {
                double angle = position * Math.Pow(theta, -2.0 * d / headDim);
                int low = (position * headDim) + d, high = low + half;
                cos[low] = cos[high] = (float)Math.Cos(angle);
                // The sign belongs to rotate_half: (-x2, x1) * sin = (x2, x1) * (-sin, sin).
                (sin[low], sin[high]) = (-(float)Math.Sin(angle), (float)Math.Sin(angle));
            }
        using var scope = NewDisposeScope();
        Cos = tensor(cos, [positions, 1, headDim]).to(device).DetachFromDisposeScope();
        Sin = tensor(sin, [positions, 1, headDim]).to(device).DetachFromDisposeScope();
    }

    /// <summary>Cosines, [positions,1,D].</summary>
    internal Tensor Cos { get; }

    /// <summary>Minus the sines in the first half of a row, the sines in the second, [positions,1,D].</summary>
    internal Tensor Sin { get; }

    /// <summary>Turns heads by their positions.</summary>
    /// <param name="heads">[B,S,H,D], positions 0 to S-1.</param>
    /// <returns>[B,S,H,D], in their type.</returns>
    public Tensor Rotate(Tensor heads)
    {
        long sequence = heads.shape[1], half = heads.shape[3] / 2;
        Tensor wide = heads.Widen();
        Tensor swapped = cat([wide.narrow(3, half, half), wide.narrow(3, 0, half)], dim: 3); // [B,S,H,D]: (x2, x1)
        return (wide * Cos.narrow(0, 0, sequence)).addcmul(swapped, Sin.narrow(0, 0, sequence), 1).to_type(heads.dtype);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Cos.Dispose();
        Sin.Dispose();
    }
}
