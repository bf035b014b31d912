using System.Globalization;
using System.Text.RegularExpressions;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>What a compiled kernel takes of a GPU, as ptxas tells with -v.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Registers">Of a thread.</param>
/// <param name="SpillBytes">Stores and loads of registers that did not fit, a thread.</param>
/// <param name="StackBytes">Local memory of a thread, spills included.</param>
/// <param name="SharedBytes">Static shared memory of a block.</param>
internal sealed partial record KernelUse(string Kernel, int Registers, int SpillBytes, int StackBytes, int SharedBytes)
{
    private const int RegistersOfMultiprocessor = 65536, RegistersOfUnit = 256, ThreadsOfWarp = 32;

    /// <summary>How many parameters a kernel of a program in PTX has.</summary>
    public static int Parameters(string ptx, string kernel) => ptx.Split($".entry {kernel}(")[1].Split(')')[0].Split(".param").Length - 1;

    /// <summary>Reads a compiler's log. Device functions that were not inlined count into their kernels' spills.</summary>
    public static IReadOnlyList<KernelUse> Of(string log)
    {
        List<KernelUse> all = [];
        string? kernel = null;
        int stack = 0, spill = 0;
        foreach (string line in log.Split('\n'))
        {
            if (Entry().Match(line) is { Success: true } entry)
            {
                kernel = entry.Groups["name"].Value;
                stack = spill = 0;
            }
            else if (Frame().Match(line) is { Success: true } frame)
            {
                stack += Number(frame, "stack");
                spill += Number(frame, "stores") + Number(frame, "loads");
            }
            else if (kernel is not null && Used().Match(line) is { Success: true } used)
            {
                all.Add(new KernelUse(kernel, Number(used, "registers"), spill, stack, Shared().Match(line) is { Success: true } shared ? Number(shared, "bytes") : 0));
                kernel = null;
            }
        }
        return all;
    }

    /// <summary>Registers that a block takes: a warp gets them in units of 256.</summary>
    public int RegistersOfBlock(int threads) =>
        (threads + ThreadsOfWarp - 1) / ThreadsOfWarp * (((Registers * ThreadsOfWarp) + RegistersOfUnit - 1) / RegistersOfUnit * RegistersOfUnit);

    /// <summary>Whether a multiprocessor has enough registers for a block of so many threads.</summary>
    public bool Fits(int threads) => RegistersOfBlock(threads) <= RegistersOfMultiprocessor;

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("Compiling entry function '(?<name>[^']+)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Entry();

    [GeneratedRegex(@"(?<stack>\d+) bytes stack frame, (?<stores>\d+) bytes spill stores, (?<loads>\d+) bytes spill loads", RegexOptions.ExplicitCapture)]
    private static partial Regex Frame();

    [GeneratedRegex(@"Used (?<registers>\d+) registers", RegexOptions.ExplicitCapture)]
    private static partial Regex Used();

    [GeneratedRegex(@"(?<bytes>\d+) bytes smem", RegexOptions.ExplicitCapture)]
    private static partial Regex Shared();
}
