using System.Reflection;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Compat.Tests.Torch;

public class OperatorTests
{
    // Operators that only one side of libtorch 2.0 has: the code asks which one is there.
    private static readonly string[] _optional = ["_attention", "_attentionBefore2"];

    public static TheoryData<string> Operators() => [.. Fields().Select(field => $"{field.DeclaringType!.FullName}.{field.Name}")];

    [Theory]
    [MemberData(nameof(Operators))]
    public void Every_operator_that_the_slice_calls_exists_in_this_libtorch(string name)
    {
        var field = Fields().Single(candidate => $"{candidate.DeclaringType!.FullName}.{candidate.Name}" == name);
        object op = field.GetValue(null)!;
        bool exists = (bool)op.GetType().GetProperty("Exists")!.GetValue(op)!;

        Assert.True(exists || _optional.Contains(field.Name));
    }

    private static IEnumerable<FieldInfo> Fields() =>
        typeof(Tensor).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic))
            .Where(field => field.FieldType.Name == "Operator");
}
