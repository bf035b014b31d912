using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Documents;

/// <summary>
/// Schemas of types whose every value can be read into the type, and ends: nothing beside the properties, numbers within the limits of theirs, no text without one.
/// </summary>
internal static class TypeSchema
{
    private const int MaxText = 200;

    private static readonly AIJsonSchemaCreateOptions _closed = new()
    {
        TransformOptions = new() { DisallowAdditionalProperties = true },
        TransformSchemaNode = static (context, node) =>
        {
            if (node is not JsonObject schema) return node;
            if (Is(schema, "string") && !schema.ContainsKey("maxLength") && !schema.ContainsKey("enum")) schema["maxLength"] = MaxText;
            if ((Is(schema, "integer") || Is(schema, "number")) && Limits(Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type) is var (least, most))
            {
                schema.TryAdd("minimum", JsonNode.Parse(least));
                schema.TryAdd("maximum", JsonNode.Parse(most));
            }
            return schema;
        },
    };

    public static JsonElement Of(Type type, JsonSerializerOptions options) => AIJsonUtilities.CreateJsonSchema(type, serializerOptions: options, inferenceOptions: _closed);

    private static bool Is(JsonObject schema, string type) => schema["type"] switch
    {
        JsonValue one => one.GetValue<string>() == type,
        JsonArray several => several.Any(one => one?.GetValue<string>() == type),
        _ => false,
    };

    private static (string Least, string Most)? Limits(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => Both(sbyte.MinValue, sbyte.MaxValue),
        TypeCode.Byte => Both(byte.MinValue, byte.MaxValue),
        TypeCode.Int16 => Both(short.MinValue, short.MaxValue),
        TypeCode.UInt16 => Both(ushort.MinValue, ushort.MaxValue),
        TypeCode.Int32 => Both(int.MinValue, int.MaxValue),
        TypeCode.UInt32 => Both(uint.MinValue, uint.MaxValue),
        TypeCode.Int64 => Both(long.MinValue, long.MaxValue),
        TypeCode.UInt64 => Both(ulong.MinValue, ulong.MaxValue),
        TypeCode.Decimal => Both(decimal.MinValue, decimal.MaxValue),
        _ => null,
    };

    private static (string Least, string Most) Both(IFormattable least, IFormattable most) => (least.ToString(format: null, CultureInfo.InvariantCulture), most.ToString(format: null, CultureInfo.InvariantCulture));
}
