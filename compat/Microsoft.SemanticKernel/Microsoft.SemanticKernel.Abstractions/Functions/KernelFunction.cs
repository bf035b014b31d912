using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel;

public abstract class KernelFunction : FullyQualifiedAIFunction
{
    protected MethodInfo? _underlyingMethod;
    private readonly Lazy<JsonElement> _schema;

    internal KernelFunction(
        string name,
        string? pluginName,
        string description,
        IReadOnlyList<KernelParameterMetadata> parameters,
        KernelReturnParameterMetadata returnParameter)
        : base(new KernelFunctionMetadata(name)
        {
            PluginName = pluginName,
            Description = description,
            Parameters = Names.Unique(parameters),
            ReturnParameter = returnParameter,
        }) =>
        _schema = new(() => SchemaOf(Metadata));

    public new virtual string Name => Metadata.Name;

    public virtual string? PluginName => Metadata.PluginName;

    public override string Description => Metadata.Description;

    public IReadOnlyDictionary<string, PromptExecutionSettings>? ExecutionSettings { get; }

    public override JsonElement JsonSchema => _schema.Value;

    public override MethodInfo? UnderlyingMethod => _underlyingMethod;

    public async Task<FunctionResult> InvokeAsync(Kernel kernel, KernelArguments? arguments = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        arguments ??= [];
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await InvokeCoreAsync(kernel, arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled)
        {
            throw new KernelFunctionCanceledException(kernel, this, arguments, functionResult: null, cancelled);
        }
    }

    public async Task<TResult?> InvokeAsync<TResult>(Kernel kernel, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
        (await InvokeAsync(kernel, arguments, cancellationToken).ConfigureAwait(false)).GetValue<TResult>();

    public IAsyncEnumerable<StreamingKernelContent> InvokeStreamingAsync(Kernel kernel, KernelArguments? arguments = null, CancellationToken cancellationToken = default) =>
        InvokeStreamingAsync<StreamingKernelContent>(kernel, arguments, cancellationToken);

    public async IAsyncEnumerable<TResult> InvokeStreamingAsync<TResult>(
        Kernel kernel,
        KernelArguments? arguments = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        arguments ??= [];
        cancellationToken.ThrowIfCancellationRequested();
        await foreach (var item in InvokeStreamingCoreAsync<TResult>(kernel, arguments, cancellationToken).ConfigureAwait(false))
            yield return item;
    }

    public abstract KernelFunction Clone(string? pluginName = null);

    public override string ToString() => string.IsNullOrWhiteSpace(PluginName) ? Name : $"{PluginName}.{Name}";

    protected abstract ValueTask<FunctionResult> InvokeCoreAsync(Kernel kernel, KernelArguments arguments, CancellationToken cancellationToken);

    /// <summary>As a tool of a chat client: the kernel comes from the arguments' services, the result goes back as JSON.</summary>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var kernel = arguments.Services?.GetService(typeof(Kernel)) as Kernel ?? new Kernel(arguments.Services);
        var result = await InvokeCoreAsync(kernel, new KernelArguments(arguments), cancellationToken).ConfigureAwait(false);
        return result.Value is { } value ? JsonSerializer.SerializeToElement(value, value.GetType(), JsonSerializerOptions) : null;
    }

    protected abstract IAsyncEnumerable<TResult> InvokeStreamingCoreAsync<TResult>(Kernel kernel, KernelArguments arguments, CancellationToken cancellationToken);

    private static JsonElement SchemaOf(KernelFunctionMetadata metadata)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (var parameter in metadata.Parameters)
        {
            var schema = AIJsonUtilities.CreateJsonSchema(parameter.ParameterType, parameter.Description is "" ? null : parameter.Description);
            properties[parameter.Name] = JsonSerializer.SerializeToNode(schema);
            if (parameter.IsRequired) required.Add(parameter.Name);
        }

        JsonObject function = new() { ["type"] = "object", ["description"] = metadata.Description, ["properties"] = properties };
        if (required.Count > 0) function["required"] = required;
        return JsonSerializer.SerializeToElement(function);
    }
}
