using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.SemanticKernel;

/// <summary>Where the value of one method parameter comes from: the call itself, the kernel's services, or an argument by name.</summary>
internal sealed class MethodParameter
{
    private readonly ParameterInfo _parameter;
    private readonly string _name;
    private readonly Func<KernelFunction, Kernel, KernelArguments, CancellationToken, object?> _bind;

    public MethodParameter(ParameterInfo parameter)
    {
        _parameter = parameter;
        _name = Names.Sanitize(parameter.Name ?? string.Empty);
        if (FromCall(parameter) is { } bind)
        {
            _bind = bind;
            return;
        }

        if (_name.Length == 0)
            throw new KernelException($"Function '{parameter.Member.Name}' is not supported by the kernel: a parameter has no name.");
        _bind = (_, kernel, arguments, _) => FromArguments(kernel, arguments);
        Metadata = new KernelParameterMetadata(_name)
        {
            Description = parameter.GetCustomAttribute<DescriptionAttribute>(inherit: true)?.Description,
            DefaultValue = parameter.HasDefaultValue ? parameter.DefaultValue?.ToString() : null,
            IsRequired = !parameter.IsOptional,
            ParameterType = parameter.ParameterType,
        };
    }

    /// <summary>What callers are told; null for a parameter that callers do not fill.</summary>
    public KernelParameterMetadata? Metadata { get; }

    public object? Bind(KernelFunction function, Kernel kernel, KernelArguments arguments, CancellationToken cancellationToken) =>
        _bind(function, kernel, arguments, cancellationToken);

    private static Func<KernelFunction, Kernel, KernelArguments, CancellationToken, object?>? FromCall(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(KernelFunction)) return static (function, _, _, _) => function;
        if (type == typeof(Kernel)) return static (_, kernel, _, _) => kernel;
        if (type == typeof(KernelArguments)) return static (_, _, arguments, _) => arguments;
        if (type == typeof(CancellationToken)) return static (_, _, _, token) => token;
        if (type == typeof(CultureInfo) || type == typeof(IFormatProvider)) return static (_, kernel, _, _) => kernel.Culture;
        if (type == typeof(IAIServiceSelector)) return static (_, kernel, _, _) => kernel.ServiceSelector;
        if (type == typeof(ILoggerFactory)) return static (_, kernel, _, _) => kernel.LoggerFactory;
        if (type == typeof(ILogger)) return (_, kernel, _, _) => kernel.LoggerFactory.CreateLogger(parameter.Member.DeclaringType ?? typeof(Kernel));
        if (parameter.GetCustomAttribute<FromKernelServicesAttribute>() is { } services)
            return (_, kernel, _, _) => FromServices(parameter, kernel, services.ServiceKey);
        return null;
    }

    private static object? FromServices(ParameterInfo parameter, Kernel kernel, object? key)
    {
        var service = key is null
            ? kernel.Services.GetService(parameter.ParameterType)
            : (kernel.Services as IKeyedServiceProvider)?.GetKeyedService(parameter.ParameterType, key);
        if (service is not null || parameter.HasDefaultValue) return service ?? parameter.DefaultValue;
        throw new KernelException(
            $"Missing service for function parameter '{parameter.Name}'", new ArgumentException("Missing service for function parameter", parameter.Name));
    }

    private object? FromArguments(Kernel kernel, KernelArguments arguments)
    {
        if (arguments.TryGetValue(_name, out var value)) return ArgumentConversion.To(_parameter.ParameterType, value, _name, kernel.Culture);
        if (_parameter.HasDefaultValue) return _parameter.DefaultValue;
        throw new KernelException($"Missing argument for function parameter '{_name}'", new ArgumentException("Missing argument for function parameter", _name));
    }
}
