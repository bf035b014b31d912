using Google.Protobuf;
using MhcPipeline.Export.Onnx.Proto;
using AttributeType = MhcPipeline.Export.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace MhcPipeline.Export.Onnx;

/// <summary>Attributes of nodes.</summary>
internal static class Attributes
{
    /// <summary>An integer (or a flag, 0 or 1).</summary>
    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    /// <summary>A number.</summary>
    public static AttributeProto Float(string name, double value) => new() { Name = name, Type = AttributeType.Float, F = (float)value };

    /// <summary>A text.</summary>
    public static AttributeProto Text(string name, string value) => new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>A list of integers.</summary>
    public static AttributeProto Ints(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        foreach (long value in values)
            attribute.Ints.Add(value);
        return attribute;
    }
}
