using System.Text.Json;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Contract;

/// <summary>What a function's declaration says beyond its name, description and schema.</summary>
public static class FunctionDeclarations
{
    /// <summary>Whether a schema of which some keyword cannot be enforced while the call is generated is refused: the additional property <c>strict</c>.</summary>
    /// <param name="function">The function.</param>
    public static bool IsStrict(this AIFunctionDeclaration function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.AdditionalProperties.TryGetValue("strict", out object? value) && value is true or JsonElement { ValueKind: JsonValueKind.True };
    }
}
