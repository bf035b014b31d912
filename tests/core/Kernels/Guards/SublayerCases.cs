using MhcPipeline.Core.Kernels.Sublayers;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>Attention, RMSNorm, SwiGLU, linear layers and cross-entropy, each way.</summary>
internal static unsafe class SublayerCases
{
    private static readonly (int Heads, int KeyValueHeads)[] _heads = [(1, 1), (2, 1), (3, 3), (4, 2)];

    public static IEnumerable<GuardedCase> All() => [.. Attentions(), .. Rows(), .. Parts()];

    private static IEnumerable<GuardedCase> Attentions() =>
        from sequence in new[] { 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 65 }
        from width in new[] { 2, 4, 6, 8, 10, 16, 18, 34, 66 }
        let heads = _heads[(sequence + (width / 2)) % _heads.Length]
        let shape = new AttentionShape(1 + (sequence % 2), sequence, heads.Heads, heads.KeyValueHeads, width)
        select new GuardedCase($"attention, {shape}", memory => Attention(memory, shape));

    private static IEnumerable<GuardedCase> Rows() => GuardedSizes.AllPairs().SelectMany(size => Kernels(size.Rows, size.Width));

    private static IEnumerable<GuardedCase> Parts() => [.. Kernels(1025, 67), new GuardedCase("attention, blocks of few queries", memory => Attention(memory, new AttentionShape(1, 1031, 1, 1, 6)))];

    private static IEnumerable<GuardedCase> Kernels(int rows, int width) =>
    [
        new($"RMSNorm, {rows} x {width}", memory => RmsNorm(memory, rows, width)),
        new($"SwiGLU, {rows} x {width}", memory => SwiGlu(memory, rows, width)),
        new($"cross-entropy, {rows} x {width}", memory => CrossEntropy(memory, rows, width)),
        new($"linear layer, {rows} x {width} to {1 + ((rows + (2 * width)) % 53)}", memory => Linear(memory, rows, width, 1 + ((rows + (2 * width)) % 53))),
    ];

    private static void Attention(CaseMemory memory, AttentionShape shape)
    {
        int tokens = shape.Batch * shape.Sequence, table = shape.Sequence * shape.Width, results = tokens * shape.Heads * shape.Width, sums = tokens * shape.Heads;
        float* packed = memory.Given("packed", tokens * shape.Packed), cos = memory.Given("cos", table), sin = memory.Given("sin", table);
        float* output = memory.Written("output", results), logSums = memory.Written("logarithms of sums", sums);
        memory.Step("forward");
        AttentionKernel.Forward(shape, new(packed, tokens * shape.Packed), new(cos, table), new(sin, table), new(output, results), new(logSums, sums));
        float* ofOutput = memory.Given("gradient of output", results), ofPacked = memory.Written("gradient of packed", tokens * shape.Packed);
        memory.Step("backward");
        AttentionKernel.Backward(
            shape, new(packed, tokens * shape.Packed), new(cos, table), new(sin, table), new(output, results), new(logSums, sums), new(ofOutput, results), new(ofPacked, tokens * shape.Packed));
    }

    private static void RmsNorm(CaseMemory memory, int rows, int width)
    {
        int count = rows * width;
        float* x = memory.Given("x", count), weight = memory.Given("weight", width), y = memory.Written("y", count), roots = memory.Written("roots", rows);
        memory.Step("forward");
        RmsNormKernel.Forward(new(x, count), new(weight, width), 1e-6, new(y, count), new(roots, rows));
        float* ofY = memory.Given("gradient of y", count), ofX = memory.Written("gradient of x", count), ofWeight = memory.Written("gradient of weight", width);
        memory.Step("backward");
        RmsNormKernel.Backward(new(x, count), new(weight, width), new(roots, rows), new(ofY, count), new(ofX, count), new(ofWeight, width));
    }

    private static void SwiGlu(CaseMemory memory, int rows, int inner)
    {
        int count = rows * inner;
        float* both = memory.Given("both", 2 * count), y = memory.Written("y", count);
        memory.Step("forward");
        SwiGluKernel.Forward(new(both, 2 * count), inner, new(y, count));
        float* ofY = memory.Given("gradient of y", count), ofBoth = memory.Written("gradient of both", 2 * count);
        memory.Step("backward");
        SwiGluKernel.Backward(new(both, 2 * count), inner, new(ofY, count), new(ofBoth, 2 * count));
        float* again = memory.Written("gradient of both, beside y", 2 * count), yAgain = memory.Written("y again", count);
        memory.Step("backward with y");
        SwiGluKernel.Backward(new(both, 2 * count), inner, new(ofY, count), new(again, 2 * count), new(yAgain, count));
    }

    private static void Linear(CaseMemory memory, int tokens, int inputs, int outputs)
    {
        float* x = memory.Given("x", tokens * inputs), weight = memory.Given("weight", outputs * inputs), y = memory.Written("y", tokens * outputs);
        memory.Step("forward");
        LinearKernel.Forward(x, weight, y, tokens, inputs, outputs);
        float* ofY = memory.Given("gradient of y", tokens * outputs), ofX = memory.Written("gradient of x", tokens * inputs);
        memory.Step("gradient of x");
        LinearKernel.InputGradient(ofY, weight, ofX, tokens, inputs, outputs);
        float* ofWeight = memory.Written("gradient of weight", outputs * inputs);
        memory.Step("gradient of weight");
        LinearKernel.WeightGradient(ofY, x, ofWeight, tokens, inputs, outputs);
        memory.Step("gradient of weight, added");
        LinearKernel.WeightGradient(ofY, x, ofWeight, tokens, inputs, outputs, add: true);
    }

    private static void CrossEntropy(CaseMemory memory, int rows, int vocabulary)
    {
        long* targets = memory.Given("targets", [.. Enumerable.Range(0, rows).Select(t => t % 4 == 3 ? CrossEntropyKernel.Ignored : t % 2 == 0 ? vocabulary - 1 : 0)]);
        foreach (bool gradient in new[] { false, true })
        {
            float* logits = memory.Given("logits", rows * vocabulary), sum = memory.Written("sum", 2);
            memory.Step(gradient ? "with gradient" : "alone");
            *(double*)sum = CrossEntropyKernel.Sum(new(logits, rows * vocabulary), new(targets, rows), gradient);
        }
    }
}
