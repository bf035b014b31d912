using System.Diagnostics;
using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Fixtures;

namespace MhcPipeline.Bench.Training;

/// <summary>The same training in eager PyTorch: tests/bench/peer/llama_train.py, a process that takes steps when it is told to.</summary>
internal sealed class PyTorchPeer : ISide
{
    private readonly Process _process;

    private PyTorchPeer(string name, Process process, string greeting) => (Name, _process, Greeting) = (name, process, greeting);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Its version, threads and number of parameters, as it says itself.</summary>
    public string Greeting { get; }

    /// <summary>A Python that can import torch: the first of <c>python3</c> and the system's; null when neither can.</summary>
    public static string? FindPython() => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(CanImportTorch);

    /// <summary>Starts the peer at a case's setting, with as many threads as PyTorch chooses or as there are processors.</summary>
    /// <param name="python">From <see cref="FindPython"/>.</param>
    /// <param name="setting">Sizes and hyper-parameters.</param>
    /// <param name="threads">0 for PyTorch's own choice.</param>
    /// <exception cref="PipelineException">It does not start.</exception>
    public static PyTorchPeer Start(string python, TrainingCase setting, int threads)
    {
        var (model, training) = (setting.Model, setting.Training);
        (string Name, double Value)[] options =
        [
            ("layers", model.NumHiddenLayers), ("hidden", model.HiddenSize), ("heads", model.NumAttentionHeads), ("intermediate", model.IntermediateSize),
            ("vocabulary", TrainingCase.Vocabulary), ("block", training.BlockSize), ("batch", training.BatchSize), ("learning-rate", training.LearningRate),
            ("weight-decay", training.WeightDecay), ("beta1", training.Beta1), ("beta2", training.Beta2), ("clip", training.GradientClip), ("threads", threads),
        ];
        string script = Path.Combine(RepositoryFiles.Root, "tests", "bench", "peer", "llama_train.py");
        var start = new ProcessStartInfo(python, [script, .. options.SelectMany(o => new[] { $"--{o.Name}", o.Value.ToString("R", CultureInfo.InvariantCulture) })])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // What the .NET side sets for its own process must not reach the peer.
        start.Environment.Remove("OMP_NUM_THREADS");
        Process process = Process.Start(start)!;
        string greeting = process.StandardOutput.ReadLine() ?? throw new PipelineException($"{python} {script} ended before it was ready; its error output stands above.");
        return new PyTorchPeer(threads == 0 ? "pytorch" : $"pytorch, {threads} threads", process, greeting["ready ".Length..]);
    }

    /// <inheritdoc/>
    public double Run(int steps)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {steps}"));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new PipelineException("The PyTorch program ended in the middle of the benchmark; its error output stands above.");
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close(); // it ends with its input
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool CanImportTorch(string python)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(python, ["-c", "import torch"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // no such program
        }
    }
}
