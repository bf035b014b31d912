using System.Globalization;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.GpuCheck.Checks;

/// <summary>
/// Checks in processes of their own, side by side: compiling their kernels and the reference on the CPU take nearly all of the time. What one of
/// them breaks on the device, its context, breaks nothing else.
/// </summary>
/// <param name="name">In the report.</param>
/// <param name="processes">Each with its part of the checks; they say how those end as <see cref="CheckLines"/>.</param>
/// <param name="count">Checks of all parts together.</param>
/// <param name="most">Time for all of them.</param>
/// <param name="say">Told of failures, and now and then how far it is.</param>
internal sealed class CheckSection(string name, IReadOnlyList<Command> processes, int count, TimeSpan most, Action<string> say) : ISection
{
    private const int ProgressEvery = 25, KeptLines = 12;

    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public TimeSpan Most => most;

    /// <inheritdoc/>
    public void Run(CheckReport report, Deadline deadline)
    {
        int passed = 0, ended = 0;
        List<string> failures = [];
        Thread[] readers = [.. processes.Select(process => new Thread(() => Follow(process)))];
        foreach (Thread reader in readers)
            reader.Start();
        foreach (Thread reader in readers)
            reader.Join();
        report.Add(new Verdict(name, passed, Math.Max(0, count - ended), failures));

        void Follow(Command process)
        {
            try
            {
                using var child = new ChildProgram(process);
                Queue<string> others = new();
                bool told = false;
                while (child.ReadLine(deadline) is { } line)
                {
                    bool right = line.StartsWith(CheckLines.Right, StringComparison.Ordinal), wrong = line.StartsWith(CheckLines.Wrong, StringComparison.Ordinal);
                    if (right || wrong)
                        Count(right, line);
                    else if (others.Count < KeptLines && line.Trim(' ', '=').Length > 0)
                        others.Enqueue(line);
                    told |= wrong;
                }
                if (child.Wait(deadline) is not (null or 0) and { } code && !told)
                    Fail(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(process.File)} ended with exit code {code}: {string.Join(" | ", (string[])[.. others, child.Errors.ReplaceLineEndings(" ")])}"));
            }
            catch (Core.PipelineException e)
            {
                Fail(e.Message);
            }
        }

        void Count(bool right, string line)
        {
            lock (_lock)
            {
                ended++;
                if (right)
                    passed++;
                else
                    failures.Add(line[CheckLines.Wrong.Length..]);
                if (!right)
                    say("  " + line);
                else if (ended % ProgressEvery == 0)
                    say(string.Create(CultureInfo.InvariantCulture, $"  {ended} of {count}"));
            }
        }

        void Fail(string line)
        {
            lock (_lock)
                failures.Add(line);
            say("  " + line);
        }
    }
}
