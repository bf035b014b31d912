using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Microsoft.SemanticKernel;

public sealed class KernelParameterMetadata
{
    private string _name = string.Empty;
    private string _description = string.Empty;

    public KernelParameterMetadata(string name) => Name = name;

    public KernelParameterMetadata(KernelParameterMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        Name = metadata.Name;
        Description = metadata.Description;
        DefaultValue = metadata.DefaultValue;
        IsRequired = metadata.IsRequired;
        ParameterType = metadata.ParameterType;
    }

    public string Name
    {
        get => _name;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            _name = value;
        }
    }

    [AllowNull]
    public string Description
    {
        get => _description;
        set => _description = value ?? string.Empty;
    }

    public object? DefaultValue { get; set; }

    public bool IsRequired { get; set; }

    [JsonIgnore]
    public Type? ParameterType { get; set; }
}
