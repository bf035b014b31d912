using System.Reflection;
using System.Reflection.Emit;
using MhcPipeline.Train.Functions;
using TorchSharp;
using Xunit;
using static MhcPipeline.Train.Functions.HeldNumbers;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Functions;

/// <summary>Numbers that native code reads are held while it does.</summary>
public sealed class HeldNumbersTests
{
    private static readonly Dictionary<short, OpCode> _codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    [Fact]
    public void Sums_go_right_while_another_thread_collects()
    {
        bool done = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        });
        using var scope = NewDisposeScope();
        Tensor x = ones(4);
        collector.Start();
        try
        {
            for (int i = 0; i < 50_000; i++) // with numbers that nobody holds some five of them throw
            {
                using Tensor sum = x.add(Held(0.5), One);
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
            collector.Join();
        }
    }

    [Fact]
    public void A_number_is_there_as_long_as_an_expression_needs_it()
    {
        Scalar first = Held(0.25);
        for (int i = 1; i < 64; i++)
            Held(i);
        using var scope = NewDisposeScope();
        Assert.Equal(0.5, (ones(1) * first).mul(Held(2)).ToDouble());
    }

    [Fact]
    public void Training_calls_nothing_that_makes_a_number_which_nobody_holds()
    {
        // What TorchSharp makes of its own within a call, from the conversions up.
        MethodBase[] all = [.. Methods(typeof(Tensor).Assembly).Where(method => method.DeclaringType != typeof(Scalar) && method.DeclaringType != typeof(ScalarExtensionMethods))];
        Dictionary<MethodBase, MethodBase[]> calls = all.ToDictionary(method => method, method => Calls(method).ToArray());
        HashSet<MethodBase> makers = [.. typeof(Scalar).GetMethods().Where(method => method.Name == "op_Implicit"), .. typeof(ScalarExtensionMethods).GetMethods(BindingFlags.Public | BindingFlags.Static)];
        while (all.Count(method => calls[method].Any(makers.Contains) && makers.Add(method)) > 0)
        {
            // until there are no more
        }
        MethodInfo sum = typeof(Tensor).GetMethod(nameof(Tensor.add), [typeof(Tensor)])!;
        Assert.Contains(sum, makers);

        IEnumerable<string> found = Methods(typeof(HeldNumbers).Assembly).Where(method => method.DeclaringType != typeof(HeldNumbers))
            .SelectMany(method => Calls(method).Where(makers.Contains).Select(call => $"{method.DeclaringType!.Name}.{method.Name} calls {call.DeclaringType!.Name}.{call}"));
        Assert.Empty(found);
    }

    private static IEnumerable<MethodBase> Methods(Assembly assembly)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return assembly.GetTypes().SelectMany(type => type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own)));
    }

    /// <summary>The methods that a method's code names.</summary>
    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[]? ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null, ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < code.Length;)
        {
            OpCode operation = _codes[code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at]];
            at += operation.Size;
            if (operation.OperandType == OperandType.InlineMethod)
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}
