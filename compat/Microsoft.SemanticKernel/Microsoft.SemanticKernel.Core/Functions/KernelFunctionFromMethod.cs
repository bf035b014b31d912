using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Microsoft.SemanticKernel;

/// <summary>A .NET method as a kernel function: arguments in by name, the awaited result out.</summary>
internal sealed class KernelFunctionFromMethod : KernelFunction
{
    private readonly object? _target;
    private readonly IReadOnlyList<MethodParameter> _parameters;
    private readonly MethodResult _result;

    private KernelFunctionFromMethod(
        MethodInfo method,
        object? target,
        IReadOnlyList<MethodParameter> parameters,
        MethodResult result,
        KernelFunctionMetadata metadata)
        : base(metadata.Name, metadata.PluginName, metadata.Description, metadata.Parameters, metadata.ReturnParameter)
    {
        _underlyingMethod = method;
        _target = target;
        _parameters = parameters;
        _result = result;
    }

    public static KernelFunction Create(
        MethodInfo method,
        object? target,
        string? functionName,
        string? description,
        IEnumerable<KernelParameterMetadata>? parameters,
        KernelReturnParameterMetadata? returnParameter)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (!method.IsStatic && target is null)
            throw new ArgumentNullException(nameof(target), "Target must not be null for an instance method.");
        if (method.ContainsGenericParameters)
            throw new KernelException($"Function '{method.Name}' is not supported by the kernel: open generic methods are not.");

        var bound = method.GetParameters().Select(parameter => new MethodParameter(parameter)).ToList();
        MethodResult result = new(method);
        KernelFunctionMetadata metadata = new(functionName ?? NameOf(method, result))
        {
            Description = description ?? method.GetCustomAttribute<DescriptionAttribute>(inherit: true)?.Description,
            Parameters = parameters?.ToList() ?? [.. bound.Select(parameter => parameter.Metadata).OfType<KernelParameterMetadata>()],
            ReturnParameter = returnParameter ?? result.Metadata,
        };
        return new KernelFunctionFromMethod(method, target, bound, result, metadata);
    }

    public override KernelFunction Clone(string? pluginName = null) =>
        new KernelFunctionFromMethod(UnderlyingMethod!, _target, _parameters, _result, new KernelFunctionMetadata(Metadata) { PluginName = pluginName });

    protected override async ValueTask<FunctionResult> InvokeCoreAsync(Kernel kernel, KernelArguments arguments, CancellationToken cancellationToken)
    {
        var values = _parameters.Select(parameter => parameter.Bind(this, kernel, arguments, cancellationToken)).ToArray();
        var returned = UnderlyingMethod!.Invoke(_target, BindingFlags.DoNotWrapExceptions, binder: null, values, culture: null);
        var value = await _result.UnwrapAsync(returned).ConfigureAwait(false);
        return value as FunctionResult ?? new FunctionResult(this, value, kernel.Culture);
    }

    protected override async IAsyncEnumerable<TResult> InvokeStreamingCoreAsync<TResult>(
        Kernel kernel, KernelArguments arguments, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var result = await InvokeCoreAsync(kernel, arguments, cancellationToken).ConfigureAwait(false);
        switch (result.Value)
        {
            case TResult value:
                yield return value;
                break;
            case IAsyncEnumerable<TResult> stream:
                await foreach (var item in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
                    yield return item;
                break;
            case { } value when typeof(TResult).IsAssignableFrom(typeof(StreamingMethodContent)):
                yield return (TResult)(object)new StreamingMethodContent(value, result.Metadata);
                break;
            case null:
                break;
            default:
                throw new NotSupportedException($"Function {Name} returns {result.ValueType}, which cannot be streamed as {typeof(TResult)}.");
        }
    }

    /// <summary>The attribute's name, or the method's without the Async that .NET appends to asynchronous ones.</summary>
    private static string NameOf(MethodInfo method, MethodResult result)
    {
        if (method.GetCustomAttribute<KernelFunctionAttribute>(inherit: true)?.Name?.Trim() is { Length: > 0 } given) return given;
        var name = Names.Sanitize(method.Name);
        return result.IsAsync && name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name[..^5] : name;
    }
}
