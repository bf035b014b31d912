using System.Text.Json.Nodes;

namespace MhcPipeline.Constraints.Tests;

/// <summary>Schemas and values at random, over few names, numbers and texts, so that they often have to do with one another.</summary>
internal sealed class RandomSchemas(Random random)
{
    private static readonly string[] _names = ["a", "b", "ab", "c"];
    private static readonly string[] _texts = ["", "a", "b", "ab", "ba", "aab", "é"];
    private static readonly string[] _numbers = ["0", "1", "2", "3", "-1", "1.5", "0.5", "-2.5", "12", "100"];
    private static readonly string[] _patterns = ["^a", "b$", "^[ab]+$", "^.{2}$", "a"];
    private static readonly string[] _kinds = ["null", "boolean", "integer", "number", "string", "array", "object"];

    public JsonNode Schema(int depth)
    {
        if (random.Next(12) == 0)
            return JsonValue.Create(random.Next(3) > 0);
        var schema = new JsonObject();
        switch (random.Next(depth > 0 ? 9 : 5))
        {
            case 0:
                schema["type"] = random.Next(2) == 0 ? "integer" : "number";
                Maybe(schema, random.Next(2) == 0 ? "minimum" : "exclusiveMinimum", Number);
                Maybe(schema, random.Next(2) == 0 ? "maximum" : "exclusiveMaximum", Number);
                Maybe(schema, "multipleOf", () => JsonNode.Parse(One(["2", "3", "0.5", "0.25"])));
                break;
            case 1:
                schema["type"] = "string";
                Maybe(schema, "minLength", () => random.Next(3));
                Maybe(schema, "maxLength", () => random.Next(4));
                Maybe(schema, "pattern", () => One(_patterns));
                break;
            case 2:
                schema["enum"] = List(1 + random.Next(4), () => Value(1));
                break;
            case 3:
                schema["const"] = Value(1);
                break;
            case 4:
                schema["type"] = List(1 + random.Next(3), () => JsonValue.Create(One(_kinds)));
                break;
            case 5:
                Maybe(schema, "type", () => "array");
                Maybe(schema, "prefixItems", () => List(1 + random.Next(2), () => Schema(depth - 1)));
                Maybe(schema, "items", () => Schema(depth - 1));
                Maybe(schema, "minItems", () => random.Next(3));
                Maybe(schema, "maxItems", () => random.Next(4));
                if (random.Next(4) == 0)
                {
                    schema["contains"] = Schema(depth - 1);
                    Maybe(schema, "minContains", () => random.Next(3));
                    Maybe(schema, "maxContains", () => random.Next(3));
                }
                break;
            case 6 or 7:
                Maybe(schema, "type", () => "object");
                Maybe(schema, "properties", () => Members(() => Schema(depth - 1)));
                Maybe(schema, "required", () => Names());
                Maybe(schema, "additionalProperties", () => random.Next(2) == 0 ? JsonValue.Create(false) : Schema(depth - 1));
                Rarely(schema, "patternProperties", () => new JsonObject { [One(_patterns)] = Schema(depth - 1) });
                Rarely(schema, "minProperties", () => random.Next(3));
                Rarely(schema, "maxProperties", () => random.Next(3));
                Rarely(schema, "dependentRequired", () => Members(() => Names()));
                Rarely(schema, "dependentSchemas", () => Members(() => Schema(depth - 1)));
                Rarely(schema, "propertyNames", () => new JsonObject { ["pattern"] = One(_patterns) });
                break;
            default:
                Combine(schema, depth);
                break;
        }
        if (depth > 0 && random.Next(4) == 0)
            Combine(schema, depth);
        return schema;
    }

    public JsonNode? Value(int depth) => random.Next(depth > 0 ? 7 : 4) switch
    {
        0 => random.Next(2) == 0 ? null : JsonValue.Create(random.Next(2) == 0),
        1 => Number(),
        2 or 3 => JsonValue.Create(One(_texts)),
        4 => List(random.Next(4), () => Value(depth - 1)),
        _ => Members(() => Value(depth - 1)),
    };

    private void Combine(JsonObject schema, int depth)
    {
        switch (random.Next(5))
        {
            case 0:
                schema["anyOf"] = List(1 + random.Next(3), () => Schema(depth - 1));
                break;
            case 1:
                schema["allOf"] = List(1 + random.Next(2), () => Schema(depth - 1));
                break;
            case 2:
                schema["oneOf"] = List(1 + random.Next(3), () => Schema(depth - 1));
                break;
            case 3:
                schema["not"] = Schema(depth - 1);
                break;
            default:
                schema["if"] = Schema(depth - 1);
                Maybe(schema, "then", () => Schema(depth - 1));
                Maybe(schema, "else", () => Schema(depth - 1));
                break;
        }
    }

    private void Maybe(JsonObject schema, string keyword, Func<JsonNode?> value)
    {
        if (random.Next(2) == 0)
            schema[keyword] = value();
    }

    private void Rarely(JsonObject schema, string keyword, Func<JsonNode?> value)
    {
        if (random.Next(6) == 0)
            schema[keyword] = value();
    }

    private JsonNode Number() => JsonNode.Parse(One(_numbers))!;

    private JsonArray Names() => [.. _names.Where(_ => random.Next(3) == 0).Select(name => JsonValue.Create(name))];

    private JsonObject Members(Func<JsonNode?> value)
    {
        var members = new JsonObject();
        foreach (string name in _names.Where(_ => random.Next(2) == 0))
            members[name] = value();
        return members;
    }

    private static JsonArray List(int count, Func<JsonNode?> item) => [.. Enumerable.Range(0, count).Select(_ => item())];

    private string One(string[] list) => list[random.Next(list.Length)];
}
