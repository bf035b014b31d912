using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel.Services;

namespace Microsoft.SemanticKernel;

public static class KernelPluginFactory
{
    private const BindingFlags AnyMethod = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static KernelPlugin CreateFromType<T>(string? pluginName = null, IServiceProvider? serviceProvider = null) =>
        CreateFromType(typeof(T), pluginName, serviceProvider);

    public static KernelPlugin CreateFromType(Type instanceType, string? pluginName = null, IServiceProvider? serviceProvider = null)
    {
        serviceProvider ??= EmptyServiceProvider.Instance;
        return CreateFromObject(ActivatorUtilities.CreateInstance(serviceProvider, instanceType), pluginName, serviceProvider.GetService<ILoggerFactory>());
    }

    public static KernelPlugin CreateFromObject(object target, string? pluginName = null, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        var type = target.GetType();
        var functions = type.GetMethods(AnyMethod)
            .Where(method => method.IsDefined(typeof(KernelFunctionAttribute)))
            .Select(method => KernelFunctionFactory.CreateFromMethod(method, target, loggerFactory: loggerFactory))
            .ToList();
        if (functions.Count == 0)
            throw new ArgumentException($"The {type} instance doesn't implement any [KernelFunction]-attributed methods.");

        var description = type.GetCustomAttribute<DescriptionAttribute>(inherit: true)?.Description;
        return CreateFromFunctions(pluginName ?? NameOf(type), description, functions);
    }

    public static KernelPlugin CreateFromFunctions(string pluginName, IEnumerable<KernelFunction>? functions) =>
        CreateFromFunctions(pluginName, description: null, functions);

    public static KernelPlugin CreateFromFunctions(string pluginName, string? description = null, IEnumerable<KernelFunction>? functions = null) =>
        new DefaultKernelPlugin(pluginName, description, functions);

    private static string NameOf(Type type) =>
        // List`1 of Int32 becomes List_Int32.
        Names.Sanitize(string.Join('_', type.GetGenericArguments().Prepend(type).Select(part => part.Name.Split('`')[0])));
}
