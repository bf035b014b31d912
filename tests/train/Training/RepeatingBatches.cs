using MhcPipeline.Train.Data;

namespace MhcPipeline.Train.Tests.Training;

/// <summary>Batches of counting sequences, a function of their number: easily learnt.</summary>
internal sealed class RepeatingBatches(int rows = 4, int length = 8) : BatchSource
{
    public override long BatchesPerEpoch => long.MaxValue;

    public override int MaxTokens => rows * length;

    public override int MaxLength => length;

    public override Batch Get(long step)
    {
        long[] inputs = new long[rows * length], targets = new long[rows * length];
        for (int i = 0; i < inputs.Length; i++)
        {
            long start = (step * 7) + (i / length * 3);
            inputs[i] = (start + (i % length)) % 20;
            targets[i] = (inputs[i] + 1) % 20;
        }
        return new() { Inputs = inputs, Targets = targets, Rows = rows, Length = length, Tokens = inputs.Length, TargetTokens = inputs.Length };
    }
}
