using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Microsoft.SemanticKernel;

/// <summary>Turns an argument into the type a parameter has: as it is, by a type converter (text to number, date, enum...), or from JSON.</summary>
internal static class ArgumentConversion
{
    // The types that the real package converts; DateOnly, for one, is not among them there either.
    private static readonly HashSet<Type> _convertible =
    [
        typeof(string), typeof(bool), typeof(char), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(float), typeof(double), typeof(decimal), typeof(TimeSpan), typeof(DateTime), typeof(DateTimeOffset), typeof(Uri), typeof(Guid),
    ];

    public static object? To(Type type, object? value, string name, CultureInfo culture)
    {
        if (type.IsInstanceOfType(value)) return value;

        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null) return !type.IsValueType || bare != type ? null : throw new ArgumentOutOfRangeException(name, value, $"null is no {type.Name}.");

        bool convertible = bare.IsEnum || _convertible.Contains(bare) || bare.IsDefined(typeof(TypeConverterAttribute));
        return value switch
        {
            JsonElement { ValueKind: JsonValueKind.String } text when convertible => Convert(bare, text.GetString()!, name, culture),
            JsonElement or JsonDocument or JsonNode => FromJson(type, value, name),
            _ when convertible => Convert(bare, value, name, culture),
            _ => FromJson(type, value, name),
        };
    }

    // The kernel's culture first, then the invariant one, so that "0.5" works under every culture.
    private static object? Convert(Type type, object value, string name, CultureInfo culture)
    {
        try
        {
            return Convert(type, value, culture);
        }
        catch (Exception) when (!culture.Equals(CultureInfo.InvariantCulture))
        {
            return Convert(type, value, name, CultureInfo.InvariantCulture);
        }
        catch (Exception wrong)
        {
            throw new ArgumentOutOfRangeException(name, value, wrong.Message);
        }
    }

    private static object? Convert(Type type, object value, CultureInfo culture)
    {
        var converter = TypeDescriptor.GetConverter(type);
        if (converter.CanConvertFrom(value.GetType())) return converter.ConvertFrom(null, culture, value);
        if (converter.CanConvertTo(type)) return converter.ConvertTo(null, culture, value, type);
        if (type.IsEnum && value is int or uint or long or ulong or short or ushort or byte or sbyte) return Enum.ToObject(type, value);
        throw new InvalidOperationException($"{value.GetType()} cannot be converted to {type}.");
    }

    // What has no converter is taken for JSON text, as a model would pass an object.
    private static object? FromJson(Type type, object value, string name)
    {
        try
        {
            return value switch
            {
                JsonElement element => element.Deserialize(type),
                JsonDocument document => document.Deserialize(type),
                JsonNode node => node.Deserialize(type),
                _ => JsonSerializer.Deserialize(value.ToString()!, type),
            };
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException)
        {
            throw new ArgumentOutOfRangeException(name, value, wrong.Message);
        }
    }
}
