using System.Globalization;
using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel;

public sealed class FunctionResult
{
    public FunctionResult(KernelFunction function, object? value = null, CultureInfo? culture = null, IReadOnlyDictionary<string, object?>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        Function = function;
        Value = value;
        Culture = culture ?? CultureInfo.InvariantCulture;
        Metadata = metadata;
    }

    public FunctionResult(FunctionResult result, object? value = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        Function = result.Function;
        Value = value ?? result.Value;
        Culture = result.Culture;
        Metadata = result.Metadata;
    }

    public KernelFunction Function { get; init; }

    public IReadOnlyDictionary<string, object?>? Metadata { get; init; }

    public CultureInfo Culture { get; init; }

    public Type? ValueType => Value?.GetType();

    internal object? Value { get; }

    /// <summary>The value itself; of a content also its text, the object it wraps, or the chat message it stands for.</summary>
    public T? GetValue<T>() => Value switch
    {
        null => default,
        T value => value,
        KernelContent content when typeof(T) == typeof(string) => (T)(object)(content.ToString() ?? string.Empty),
        KernelContent { InnerContent: T inner } => inner,
        ChatMessageContent content when typeof(T) == typeof(ChatMessage) => (T)(object)content.ToChatMessage(),
        _ => throw new InvalidCastException($"Cannot cast {Value.GetType()} to {typeof(T)}"),
    };

    public override string ToString() => Convert.ToString(Value, Culture) ?? string.Empty;
}
