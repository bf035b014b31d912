using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Engine.Model;

/// <summary>A step of the model for one set of slots, with its inputs and outputs bound.</summary>
internal sealed class BoundStep(InferenceSession session) : IDisposable
{
    private readonly List<(string Name, OrtValue Value)> _inputs = [];
    private readonly List<OrtValue> _outputs = [];

    public OrtIoBinding Binding { get; } = session.CreateIoBinding();

    /// <summary>Binds memory that the step reads anew each time.</summary>
    public void Input(string name, OrtValue value)
    {
        _inputs.Add((name, value));
        Binding.BindInput(name, value);
    }

    public void Output(string name, OrtValue value)
    {
        _outputs.Add(value);
        Binding.BindOutput(name, value);
    }

    /// <summary>For a GPU, which gets a copy of an input at the moment when it is bound.</summary>
    public void BindInputsAgain()
    {
        foreach ((string name, OrtValue value) in _inputs)
        {
            Binding.BindInput(name, value);
        }
    }

    public void Dispose()
    {
        Binding.Dispose();
        _inputs.ForEach(input => input.Value.Dispose());
        _outputs.ForEach(output => output.Dispose());
    }
}
