using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>
/// Figures of a whole stage, measured by a program of its own (mhc-gpu-stages), where .NET is: libtorch and ONNX Runtime want different CUDA
/// libraries and cannot share a process.
/// </summary>
/// <param name="name">Of the section.</param>
/// <param name="program">Says figures and notes in lines of JSON; null in the bundle.</param>
/// <param name="most">Time that it may take.</param>
/// <param name="say">Told what the program says beside.</param>
internal sealed class StageSection(string name, Command? program, TimeSpan most, Action<string> say) : ISection
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public TimeSpan Most => most;

    /// <inheritdoc/>
    public void Run(CheckReport report, Deadline deadline)
    {
        if (program is null)
            throw new PipelineException("`make gpu-check` measures it, which needs .NET and the repository.");
        using var child = new ChildProgram(program);
        while (child.ReadLine(deadline) is { } line)
        {
            if (!line.StartsWith('{'))
            {
                say("  " + line);
                continue;
            }
            using var json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            if (root.TryGetProperty("note", out JsonElement note))
                report.Note($"{name}: {note.GetString()}");
            else
                report.Add(Read(root));
        }
        if (child.Wait(deadline) is not { } code)
            report.Note($"{name}: no time was left for all of it");
        else if (code != 0)
            report.Note($"{name}: {Path.GetFileName(program.File)} ended with exit code {code}: {child.Errors.ReplaceLineEndings(" ")}");
    }

    private Figure Read(JsonElement root)
    {
        Target? target = root.TryGetProperty("at_most", out JsonElement most) ? Target.Most(most.GetDouble())
            : root.TryGetProperty("at_least", out JsonElement least) ? Target.Least(least.GetDouble()) : null;
        return new(name, root.GetProperty("name").GetString()!, root.GetProperty("value").GetDouble(), root.GetProperty("unit").GetString()!, target);
    }
}
