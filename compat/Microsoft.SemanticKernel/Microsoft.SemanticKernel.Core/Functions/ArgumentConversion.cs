using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Microsoft.SemanticKernel;

/// <summary>Turns an argument into the type a parameter has: as it is, by a type converter (text to number, date, enum...), or from JSON.</summary>
internal static class ArgumentConversion
{
    public static object? To(Type type, object? value, string name, CultureInfo culture)
    {
        if (value is null)
        {
            if (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null) return null;
            throw new ArgumentOutOfRangeException(name, value, $"null is no {type.Name}.");
        }

        if (type.IsInstanceOfType(value)) return value;
        return value switch
        {
            JsonElement element => element.Deserialize(type),
            JsonDocument document => document.Deserialize(type),
            JsonNode node => node.Deserialize(type),
            _ => Convert(Nullable.GetUnderlyingType(type) ?? type, value, name, culture),
        };
    }

    private static object? Convert(Type type, object value, string name, CultureInfo culture)
    {
        if (type.IsEnum && value is int or uint or long or ulong or short or ushort or byte or sbyte) return Enum.ToObject(type, value);

        var converter = TypeDescriptor.GetConverter(type);
        if (converter.CanConvertFrom(value.GetType())) return Guard(c => converter.ConvertFrom(null, c, value));
        if (value is IConvertible && typeof(IConvertible).IsAssignableFrom(type)) return Guard(c => System.Convert.ChangeType(value, type, c));
        if (type == typeof(string)) return Guard(c => System.Convert.ToString(value, c));

        // What has no converter is taken for JSON text, as a model would pass an object.
        try
        {
            return JsonSerializer.Deserialize(value.ToString()!, type);
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException)
        {
            throw new ArgumentOutOfRangeException(name, value, wrong.Message);
        }

        object? Guard(Func<CultureInfo, object?> convert)
        {
            // The kernel's culture first, then the invariant one, so that "0.5" works under every culture.
            try
            {
                return convert(culture);
            }
            catch (Exception) when (!culture.Equals(CultureInfo.InvariantCulture))
            {
                return Invariant(convert);
            }
            catch (Exception wrong)
            {
                throw new ArgumentOutOfRangeException(name, value, wrong.Message);
            }
        }

        object? Invariant(Func<CultureInfo, object?> convert)
        {
            try
            {
                return convert(CultureInfo.InvariantCulture);
            }
            catch (Exception wrong)
            {
                throw new ArgumentOutOfRangeException(name, value, wrong.Message);
            }
        }
    }
}
