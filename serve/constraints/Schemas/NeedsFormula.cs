using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>An object that has one member has others too.</summary>
internal sealed class NeedsFormula(string trigger, IReadOnlyList<string> names) : Formula
{
    public string Trigger => trigger;

    public IReadOnlyList<string> Names => names;

    public override JsonKinds Subject => JsonKinds.Object;

    public override bool Holds(JsonElement value, Trail? trail) =>
        value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(trigger, out _) || names.All(name => value.TryGetProperty(name, out _));
}
