using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>An object has a member, or has none of that name.</summary>
internal sealed class RequiredFormula(string name, bool isForbidden = false) : Formula
{
    public string Name => name;

    public bool IsForbidden => isForbidden;

    public override JsonKinds Subject => JsonKinds.Object;

    public override bool Holds(JsonElement value, Trail? trail) => value.ValueKind != JsonValueKind.Object || value.TryGetProperty(name, out _) != isForbidden;
}
