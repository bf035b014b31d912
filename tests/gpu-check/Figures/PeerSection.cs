using System.Globalization;
using System.Text;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>
/// A site forward and backward as a whole against PyTorch, eager and compiled, and against public fused kernels, as far as python3 on this machine
/// can import them (peers.py): all sides by turns, one pass each.
/// </summary>
/// <param name="gpu">The GPU.</param>
/// <param name="python">python3, or a program that talks as peers.py does; null where there is none.</param>
/// <param name="tokens">T.</param>
/// <param name="width">C.</param>
internal sealed class PeerSection(Gpu gpu, Command? python, int tokens, int width) : ISection
{
    private const int Rounds = 7;

    /// <summary>How many times as long as ours each takes.</summary>
    private static readonly Dictionary<string, Target> _targets = new(StringComparer.Ordinal) { ["pytorch eager"] = Target.Least(10), ["pytorch compile"] = Target.Least(3) };

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"site of mhc against others, n = 4, C = {width}, {tokens} tokens, bf16");

    /// <inheritdoc/>
    public TimeSpan Most => TimeSpan.FromSeconds(90);

    /// <summary>python3 with the script, where there is one.</summary>
    public static Command? Python()
    {
        if (Command.Find("python3") is not { } found)
            return null;
        using Stream stream = typeof(PeerSection).Assembly.GetManifestResourceStream("peers.py")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new(found, "-c", reader.ReadToEnd());
    }

    /// <inheritdoc/>
    public void Run(CheckReport report, Deadline deadline)
    {
        if (python is null)
            throw new PipelineException("There is no python3, which would run PyTorch.");
        using var site = new MeasuredSite(gpu, tokens, width);
        CudaSiteKernel kernel = site.Kernel(gpu.Launcher);
        using var child = new ChildProgram(python.With([.. ((int[])[gpu.Device.Ordinal, tokens, width]).Select(number => number.ToString(CultureInfo.InvariantCulture))]));
        List<string> peers = [.. Ready(child, report, deadline)];
        const string ours = "ours";
        Dictionary<string, List<double>> forward = new(StringComparer.Ordinal) { [ours] = [] }, backward = new(StringComparer.Ordinal) { [ours] = [] };
        foreach (string peer in peers)
            (forward[peer], backward[peer]) = ([], []);

        site.Forward(kernel); // compiles
        site.Backward(kernel);
        for (int round = 0; round < Rounds && peers.Count > 0 && !deadline.Over; round++)
        {
            forward[ours].Add(site.ForwardMilliseconds(kernel));
            backward[ours].Add(site.BackwardMilliseconds(kernel));
            foreach (string peer in peers.ToArray())
            {
                child.WriteLine(peer);
                if (Answer(child, deadline) is not { } answer)
                    break;
                if (answer.Failure is { } failure)
                {
                    report.Note($"{peer}: {failure}");
                    peers.Remove(peer);
                    continue;
                }
                forward[peer].Add(answer.Forward);
                backward[peer].Add(answer.Backward);
            }
        }
        if (forward[ours].Count == 0)
            return;
        double own = Add(ours);
        foreach (string peer in forward.Keys.Where(peer => peer != ours && forward[peer].Count > 0))
            report.Add(new Figure(Name, $"{peer} over ours, forward and backward", Add(peer) / own, "x", _targets.TryGetValue(peer, out Target target) ? target : null));

        double Add(string side)
        {
            (double ahead, double back) = (Median.Of(forward[side]), Median.Of(backward[side]));
            report.Add(new Figure(Name, $"{side}, forward", ahead, "ms"));
            report.Add(new Figure(Name, $"{side}, backward", back, "ms"));
            return ahead + back;
        }
    }

    /// <summary>Names of those that work, each said when it has run once; a reason for each that does not goes to the report.</summary>
    private static IEnumerable<string> Ready(ChildProgram child, CheckReport report, Deadline deadline)
    {
        while (Answer(child, deadline) is { } answer)
        {
            if (answer.Done)
                yield break;
            if (answer.Failure is { } failure)
                report.Note($"{answer.Peer}: {failure}");
            else
                yield return answer.Peer;
        }
        report.Note(child.Wait(deadline) is null ? "others: no time was left" : $"others: python3 ended: {child.Errors.ReplaceLineEndings(" ")}");
    }

    private static PeerAnswer? Answer(ChildProgram child, Deadline deadline)
    {
        while (child.ReadLine(deadline) is { } line)
        {
            if (PeerAnswer.Parse(line) is { } answer)
                return answer;
        }
        return null;
    }

    /// <summary>A line of peers.py.</summary>
    private sealed record PeerAnswer(string Peer, string? Failure, bool Done, double Forward, double Backward)
    {
        /// <summary>Null for what libraries print.</summary>
        public static PeerAnswer? Parse(string line)
        {
            if (!line.StartsWith("{\"peer\"", StringComparison.Ordinal))
                return null;
            using var json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            double Number(string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0;
            string? failure = root.TryGetProperty("failure", out JsonElement text) ? text.GetString() : null;
            return new(root.GetProperty("peer").GetString()!, failure, root.TryGetProperty("done", out _), Number("forward_ms"), Number("backward_ms"));
        }
    }
}
