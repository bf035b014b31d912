using System.ComponentModel;
using System.Reflection;

namespace Microsoft.SemanticKernel;

/// <summary>How what a method returns becomes a value: Task, Task of T, ValueTask, ValueTask of T are awaited, all else is taken as it is.</summary>
internal sealed class MethodResult
{
    private readonly MethodInfo? _toTask;
    private readonly PropertyInfo? _taskResult;

    public MethodResult(MethodInfo method)
    {
        var type = method.ReturnType;
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        var isTask = open == typeof(Task) || open == typeof(Task<>);
        var isValueTask = open == typeof(ValueTask) || open == typeof(ValueTask<>);
        IsAsync = isTask || isValueTask || open == typeof(IAsyncEnumerable<>);
        if (isValueTask) _toTask = type.GetMethod(nameof(ValueTask.AsTask));

        var value = type;
        if (isTask || isValueTask)
        {
            value = type.IsGenericType ? type.GetGenericArguments()[0] : typeof(void);
            if (type.IsGenericType) _taskResult = typeof(Task<>).MakeGenericType(value).GetProperty(nameof(Task<>.Result));
        }

        Metadata = new KernelReturnParameterMetadata
        {
            ParameterType = Nullable.GetUnderlyingType(value) ?? value,
            Description = method.ReturnParameter.GetCustomAttribute<DescriptionAttribute>(inherit: true)?.Description,
        };
    }

    public bool IsAsync { get; }

    public KernelReturnParameterMetadata Metadata { get; }

    public async ValueTask<object?> UnwrapAsync(object? returned)
    {
        var task = (_toTask is null ? returned : _toTask.Invoke(returned, null)) as Task;
        if (task is null) return returned;
        await task.ConfigureAwait(false);
        return _taskResult?.GetValue(task);
    }
}
