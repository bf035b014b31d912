using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Microsoft.SemanticKernel;

public sealed class KernelReturnParameterMetadata
{
    private string _description = string.Empty;

    public KernelReturnParameterMetadata() { }

    public KernelReturnParameterMetadata(KernelReturnParameterMetadata metadata)
    {
        Description = metadata.Description;
        ParameterType = metadata.ParameterType;
    }

    [AllowNull]
    public string Description
    {
        get => _description;
        set => _description = value ?? string.Empty;
    }

    [JsonIgnore]
    public Type? ParameterType { get; set; }
}
