using MhcPipeline.Core.Kernels.Optimization;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>AdamW and what is done to whole gradients.</summary>
internal static unsafe class OptimizationCases
{
    private const int Part = 1 << 16;

    public static IEnumerable<GuardedCase> All() => Enumerable.Range(0, 67).Concat([1023, 1025, Part - 1, Part, Part + 1, Part + 17]).SelectMany(Of);

    private static IEnumerable<GuardedCase> Of(int count) =>
    [
        new($"gradients of {count} numbers", memory => Gradients(memory, count)),
        .. new[] { 0, 1, count / 3, count }.Distinct().Where(decayed => decayed <= count)
            .Select(decayed => new GuardedCase($"AdamW, {decayed} of {count} numbers decay", memory => AdamW(memory, count, decayed))),
    ];

    private static void AdamW(CaseMemory memory, int count, int decayed)
    {
        float* x = memory.Given("values", count), g = memory.Given("gradient", count), m = memory.Given("first moment", count), v = memory.Given("second moment", count);
        for (int i = 0; i < count; i++)
            v[i] = Math.Abs(v[i]);
        memory.Step("step");
        AdamWKernel.Step(new(x, count), new(g, count), new(m, count), new(v, count), decayed, 0.99, 0.9, 0.95, 0.01, 1e-6);
    }

    private static void Gradients(CaseMemory memory, int count)
    {
        float* target = memory.Given("target", count), norm = memory.Written("norm", 2);
        long* sources = memory.Given("sources", [(nint)memory.Given("first", count), (nint)memory.Given("second", count)]);
        memory.Step("gather");
        GradientKernel.Gather(target, (float**)sources, 2, count);
        (sources[0], sources[1]) = (0, 0); // addresses differ, results must not
        memory.Step("norm");
        *(double*)norm = GradientKernel.Norm(new(target, count));
        memory.Step("scale");
        GradientKernel.Scale(new(target, count), 0.3);
    }
}
