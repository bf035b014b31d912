namespace MhcPipeline.Core.Operators;

/// <summary>One call of an operator: its inputs and outputs by their places.</summary>
internal readonly ref struct OperatorContext(OrtApi api, nint context, string name)
{
    /// <summary>The operator and its connection, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>An input's dimensions.</summary>
    public ReadOnlySpan<long> Shape(int index) => api.Shape(api.Input(context, index));

    /// <summary>True when an optional input is there.</summary>
    public bool Has(int index) => index < api.InputCount(context) && api.Input(context, index) != 0;

    /// <summary>The address of an input's elements, row-major, once its dimensions are found right.</summary>
    /// <param name="index">Place.</param>
    /// <param name="what">The input's name, for messages.</param>
    /// <param name="shape">Dimensions.</param>
    /// <exception cref="PipelineException">It has others.</exception>
    public nint Input(int index, string what, params ReadOnlySpan<long> shape)
    {
        nint value = api.Input(context, index);
        ReadOnlySpan<long> actual = api.Shape(value);
        if (!actual.SequenceEqual(shape))
            throw Wrong(what, actual, $"[{string.Join(", ", shape.ToArray())}]");
        return api.Data(value);
    }

    /// <summary>Makes an output.</summary>
    public nint Output(int index, params ReadOnlySpan<long> shape) => api.Data(api.Output(context, index, shape));

    /// <summary>What to throw when an input does not fit.</summary>
    public PipelineException Wrong(string what, ReadOnlySpan<long> actual, string expected) =>
        new($"{Name}: {what} is [{string.Join(", ", actual.ToArray())}], expected {expected}. The model's parts do not fit together: export the run again.");
}
