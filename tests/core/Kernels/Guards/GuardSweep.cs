using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>
/// All cases, in a process of their own since a read or write past a buffer ends it: what was called last is then the last line that it wrote. Each
/// case runs in ordinary memory and in buffers that end or begin where memory does, and must leave the same bits.
/// </summary>
internal static class GuardSweep
{
    /// <summary>The first line of what a sweep writes about a case whose results differ.</summary>
    public const string Different = "DIFFERENT ";

    /// <summary>The cases by the name of their group.</summary>
    public static IReadOnlyDictionary<string, Func<IEnumerable<GuardedCase>>> Groups { get; } = new Dictionary<string, Func<IEnumerable<GuardedCase>>>
    {
        ["kernels"] = () => [.. ProductCases.All(), .. OptimizationCases.All(), .. SublayerCases.All(), .. SiteCases.All(), .. OperatorCases.All()],
        ["past-end"] = () => [new("a product told of one row too many", memory => Overrun(memory, behind: true))],
        ["before-start"] = () => [new("a product told to start one number early", memory => Overrun(memory, behind: false))],
    };

    /// <summary>Runs a group with vectors of some width; the last line says how many cases there were, and how wide vectors could have been.</summary>
    /// <returns>0 when all results are the same, else 1.</returns>
    public static int Run(string group, int lanes, TextWriter output)
    {
        (LanesJobs.Width, KernelThreads.Limit) = (lanes, 1); // on this thread, whose memory the kernels then use
        int count = 0, different = 0;
        string name = "";
        using var ordinary = new CaseMemory(Placement.Ordinary, step => output.WriteLine($"{name}: {step}, ordinary memory"));
        using var ending = new CaseMemory(Placement.Ending, step => output.WriteLine($"{name}: {step}, buffers that end at an unmapped page"));
        using var beginning = new CaseMemory(Placement.Beginning, step => output.WriteLine($"{name}: {step}, buffers that begin behind an unmapped page"));
        foreach (GuardedCase tested in Groups[group]())
        {
            name = tested.Name;
            Run(tested, ordinary);
            foreach (CaseMemory memory in new[] { ending, beginning })
                if (Run(tested, memory).Difference(ordinary) is { } difference)
                {
                    output.WriteLine($"{Different}{name}: {difference}");
                    different++;
                }
            count++;
        }
        output.WriteLine($"{count} cases, {lanes} lanes of {Machine.Lanes}");
        return different == 0 ? 0 : 1;
    }

    private static CaseMemory Run(GuardedCase tested, CaseMemory memory)
    {
        memory.Begin();
        tested.Run(memory);
        return memory;
    }

    // What the sweep is there to find, so that a test can see that it does.
    private static unsafe void Overrun(CaseMemory memory, bool behind)
    {
        float* gradient = memory.Given("gradient", 8);
        memory.Step("scale");
        GradientKernel.Scale(behind ? new(gradient, 9) : new(gradient - 1, 8), 0.5);
    }
}
