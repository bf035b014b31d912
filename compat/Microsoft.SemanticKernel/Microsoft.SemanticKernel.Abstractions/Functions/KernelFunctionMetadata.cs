using System.Diagnostics.CodeAnalysis;

namespace Microsoft.SemanticKernel;

public sealed class KernelFunctionMetadata
{
    private string _name = string.Empty;
    private string _description = string.Empty;
    private IReadOnlyList<KernelParameterMetadata> _parameters = [];
    private KernelReturnParameterMetadata _returnParameter = new();

    public KernelFunctionMetadata(string name) => Name = name;

    public KernelFunctionMetadata(KernelFunctionMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        Name = metadata.Name;
        PluginName = metadata.PluginName;
        Description = metadata.Description;
        Parameters = metadata.Parameters;
        ReturnParameter = metadata.ReturnParameter;
    }

    public string Name
    {
        get => _name;
        set => _name = Names.Function(value);
    }

    public string? PluginName { get; set; }

    [AllowNull]
    public string Description
    {
        get => _description;
        set => _description = value ?? string.Empty;
    }

    public IReadOnlyList<KernelParameterMetadata> Parameters
    {
        get => _parameters;
        set => _parameters = value ?? throw new ArgumentNullException(nameof(value));
    }

    public KernelReturnParameterMetadata ReturnParameter
    {
        get => _returnParameter;
        set => _returnParameter = value ?? throw new ArgumentNullException(nameof(value));
    }
}
