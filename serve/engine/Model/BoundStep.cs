using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Engine.Model;

/// <summary>A step of the model for one set of slots, with its inputs and outputs bound.</summary>
internal sealed class BoundStep : IDisposable
{
    /// <summary>The graph of a run that is not captured.</summary>
    public const int NoGraph = -1;

    private const string GraphEntry = "gpu_graph_id";

    private readonly List<OrtValue> _values = [];
    private readonly List<(string Name, OrtValue Value)> _copied = [];

    /// <param name="session">The model.</param>
    /// <param name="graph">The CUDA graph that the step is captured into and started as, or <see cref="NoGraph"/>; null where the session captures none.</param>
    public BoundStep(InferenceSession session, int? graph)
    {
        Binding = session.CreateIoBinding();
        if (graph is { } number)
        {
            Options.AddRunConfigEntry(GraphEntry, number.ToString(CultureInfo.InvariantCulture));
        }
    }

    public OrtIoBinding Binding { get; }

    /// <summary>Of each of the step's runs.</summary>
    public RunOptions Options { get; } = new();

    /// <summary>Binds memory that the step reads anew each time.</summary>
    /// <param name="name">The input.</param>
    /// <param name="value">A view of it, which the step disposes of.</param>
    /// <param name="copied">Whether the session wants the input elsewhere: it then takes a copy at the moment of binding.</param>
    public void Input(string name, OrtValue value, bool copied)
    {
        _values.Add(value);
        Binding.BindInput(name, value);
        if (copied)
        {
            _copied.Add((name, value));
        }
    }

    public void Output(string name, OrtValue value)
    {
        _values.Add(value);
        Binding.BindOutput(name, value);
    }

    /// <summary>Takes new copies of the inputs that are copied.</summary>
    public void BindCopiedInputs()
    {
        foreach ((string name, OrtValue value) in _copied)
        {
            Binding.BindInput(name, value);
        }
    }

    public void Dispose()
    {
        Binding.Dispose();
        Options.Dispose();
        _values.ForEach(value => value.Dispose());
    }
}
