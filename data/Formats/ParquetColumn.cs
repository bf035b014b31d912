using System.Globalization;
using System.Text;
using System.Text.Json;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace MhcPipeline.Data.Formats;

/// <summary>
/// A column of a parquet file, possibly of lists and structs, written row by row as JSON. Its leaves keep, for every value, two levels:
/// how deep the value is defined, and at which list it goes on (Dremel, VLDB 2010).
/// </summary>
internal sealed class ParquetColumn
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Field _field;
    private readonly ParquetColumn[] _children;
    private int[] _definitions = [];
    private int[] _repetitions = [];
    private object[] _values = [];
    private int _level;
    private int _value;

    private ParquetColumn(Field field, ParquetColumn[] children) => (_field, _children) = (field, children);

    internal string Name => _field.Name;

    /// <summary>The first leaf: its levels tell the shape of all that stand beside it.</summary>
    private ParquetColumn First => _children.Length == 0 ? this : _children[0].First;

    /// <summary>The column of a field; null if there is a map in it.</summary>
    internal static ParquetColumn? Of(Field field)
    {
        Field[]? inner = field switch
        {
            DataField => [],
            ListField list => [list.Item],
            StructField structure => [.. structure.Fields],
            _ => null,
        };
        ParquetColumn?[]? children = inner?.Select(Of).ToArray();
        return children is null || children.Contains(null) ? null : new ParquetColumn(field, children!);
    }

    /// <summary>Reads the column's part of a row group.</summary>
    internal void Load(ParquetRowGroupReader group)
    {
        foreach (ParquetColumn child in _children)
            child.Load(group);
        if (_field is not DataField leaf)
            return;
        using RawColumnData data = group.ReadRawColumnDataBaseAsync(leaf).AsTask().GetAwaiter().GetResult();
        _definitions = leaf.MaxDefinitionLevel > 0 ? data.DefinitionLevels.ToArray() : [];
        _repetitions = leaf.MaxRepetitionLevel > 0 ? data.RepetitionLevels.ToArray() : [];
        int count = _definitions.Length == 0 ? (int)group.RowCount : _definitions.Count(level => level == leaf.MaxDefinitionLevel);
        _values = data switch
        {
            RawColumnData<ReadOnlyMemory<char>> text => Boxed(text.Values[..count], value => value.ToString()),
            RawColumnData<ReadOnlyMemory<byte>> bytes => Boxed(bytes.Values[..count], value => _strict.GetString(value.Span)),
            RawColumnData<bool> flags => Boxed(flags.Values[..count], value => value),
            RawColumnData<int> numbers => Boxed(numbers.Values[..count], value => (double)value),
            RawColumnData<long> numbers => Boxed(numbers.Values[..count], value => (double)value),
            RawColumnData<short> numbers => Boxed(numbers.Values[..count], value => (double)value),
            RawColumnData<sbyte> numbers => Boxed(numbers.Values[..count], value => (double)value),
            RawColumnData<byte> numbers => Boxed(numbers.Values[..count], value => (double)value),
            RawColumnData<ushort> numbers => Boxed(numbers.Values[..count], value => (double)value),
            RawColumnData<uint> numbers => Boxed(numbers.Values[..count], value => (double)value),
            RawColumnData<float> numbers => Boxed(numbers.Values[..count], value => (double)value),
            RawColumnData<double> numbers => Boxed(numbers.Values[..count], value => value),
            _ => throw new NotSupportedException($"column {leaf.Path} holds values of type {leaf.ClrType.Name}."),
        };
        (_level, _value) = (0, 0);
    }

    /// <summary>Writes the next row's value.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        switch (_field)
        {
            case ListField:
                WriteList(json, () => _children[0].Write(json), _field.MaxDefinitionLevel);
                break;
            case StructField when First.Definition < _field.MaxDefinitionLevel:
                SkipAbsent();
                json.WriteNullValue();
                break;
            case StructField:
                json.WriteStartObject();
                foreach (ParquetColumn child in _children)
                {
                    json.WritePropertyName(child.Name);
                    child.Write(json);
                }
                json.WriteEndObject();
                break;
            case DataField { IsArray: true }:
                WriteList(json, () => WriteLeaf(json), _field.MaxDefinitionLevel);
                break;
            default:
                WriteLeaf(json);
                break;
        }
    }

    /// <summary>How deep the next value is defined.</summary>
    private int Definition => _definitions.Length == 0 ? _field.MaxDefinitionLevel : _definitions[_level];

    private static object[] Boxed<T>(Span<T> values, Func<T, object> value)
    {
        object[] boxed = new object[values.Length];
        for (int i = 0; i < boxed.Length; i++)
            boxed[i] = value(values[i]);
        return boxed;
    }

    /// <param name="json">Gets the list.</param>
    /// <param name="item">Writes an item.</param>
    /// <param name="defined">The level from which on there is an item; one below the list is empty, further below it is null.</param>
    private void WriteList(Utf8JsonWriter json, Action item, int defined)
    {
        int definition = First.Definition;
        if (definition < defined)
        {
            SkipAbsent();
            if (definition < defined - 1)
            {
                json.WriteNullValue();
                return;
            }
            json.WriteStartArray();
            json.WriteEndArray();
            return;
        }
        json.WriteStartArray();
        do
            item();
        while (First._level < First._repetitions.Length && First._repetitions[First._level] == _field.MaxRepetitionLevel);
        json.WriteEndArray();
    }

    /// <summary>Every leaf notes once that there is nothing.</summary>
    private void SkipAbsent()
    {
        foreach (ParquetColumn child in _children)
            child.SkipAbsent();
        _level++;
    }

    private void WriteLeaf(Utf8JsonWriter json)
    {
        bool isDefined = Definition == _field.MaxDefinitionLevel;
        _level++;
        switch (isDefined ? _values[_value++] : null)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case double number:
                json.WriteRawValue(number.ToString("R", CultureInfo.InvariantCulture));
                break;
        }
    }
}
