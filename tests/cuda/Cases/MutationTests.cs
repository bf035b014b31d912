using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Cases;

/// <summary>What the cases are worth: with one thing wrong in a source they must fail in one of the two schedules.</summary>
public sealed class MutationTests
{
    public static TheoryData<string, int> Barriers()
    {
        var all = new TheoryData<string, int>();
        foreach ((string name, (_, CudaProgram program)) in KernelCases.All)
            for (int k = 0; k < Mutation.Barriers(program.Text()); k++)
                all.Add(name, k);
        return all;
    }

    [HostTheory]
    [MemberData(nameof(KernelCases.Names), MemberType = typeof(KernelCases))]
    public void A_source_with_nothing_wrong_passes(string name)
    {
        foreach (bool lastFirst in (bool[])[false, true])
            Assert.False(KernelCases.Of(name).Fails(Launcher(name, lastFirst, text => text + "\n// unchanged")));
    }

    [HostTheory]
    [MemberData(nameof(Barriers))]
    public void A_source_without_one_of_its_barriers_fails(string name, int barrier) => AssertFails(name, text => Mutation.WithoutBarrier(text, barrier));

    [HostTheory]
    [InlineData("rms_norm_bf16", "token >= tokens) return", "false) return")] // tokens that are not there
    [InlineData("rms_norm_bf16", "dots == sums + 8 * eights ? Step * warps : -Step * warps", "0")] // a step's dots over those still read
    [InlineData("rms_norm_bf16", "first + r < tokens ? roots[first + r] : 0;\n      shrink[r] = root[r] * root[r]", "first + r < tokens ? roots[first + r] : 0;\n      shrink[r] = root[r]")] // a power
    [InlineData("rms_norm_bf16", "if (first + r >= tokens) break;", "")] // gradients of tokens that are not there
    [InlineData("rms_norm_f32", "at + k < width ? number(row[at + k]) : beyond", "number(row[at + k])")] // columns of the next row
    [InlineData("rms_norm_f32", "if (at + k < width) put(", "put(")] // columns that are not there
    [InlineData("rms_norm_f32", "if (e * 8 + k < width) partial", "partial")] // their part of the weight's gradient
    [InlineData("rms_norm_bf16", "int w = 1; w < warps; w++) sum += sums", "int w = 2; w < warps; w++) sum += sums")] // a warp's parts
    [InlineData("swiglu_bf16", "fmaf(silu, 1 - s, s)", "s")] // silu' without its second part
    [InlineData("swiglu_bf16", "if (token >= tokens) return;\n  const Element* row = both + (size_t)token * 2 * inner;\n  Element* of_row", "const Element* row = both + (size_t)token * 2 * inner;\n  Element* of_row")]
    [InlineData("cross_entropy_f32", "whole, v, Lowest);\n#pragma unroll\n    for (int k = 0; k < 8; k++) largest", "whole, v, 1000);\n#pragma unroll\n    for (int k = 0; k < 8; k++) largest")] // columns that are not there count
    [InlineData("cross_entropy_bf16", "sum = sum * expf(highest - largest) + own", "sum = sum + own")] // the largest changes on the way
    [InlineData("cross_entropy_bf16", "int w = 1; w < count; w++", "int w = 2; w < count; w++")] // a warp's sum
    [InlineData("cross_entropy_bf16", "at + k == target ? scale", "at + k == target ? 1")]
    [InlineData("cross_entropy_bf16", "if (target == Ignored)", "if (false)")]
    [InlineData("adamw", "at + k < decayed ? keep : 1", "at < decayed ? keep : 1")] // four elements at the border
    [InlineData("adamw", "k < at + 4 && k < count", "k < at + 4")]
    [InlineData("adamw", "__uint_as_float(g.v[k]) * factor", "__uint_as_float(g.v[k])")] // not clipped
    [InlineData("gradient_norm", "if (at + k < count) v[k]", "v[k]")]
    [InlineData("gradient_norm", "largest > 0 && norm > largest ?", "largest > 0 && norm < largest ?")]
    [InlineData("muon", "row < rows && column < columns", "column < columns")] // padding that is not zero
    [InlineData("muon", "if (k >= size) return;", "")]
    [InlineData("muon", "(step + 1 < steps ? step + 1 : step)", "step")] // a step of depth twice
    [InlineData("muon", "if (!symmetric || down != right) transposed[", "if (!symmetric) transposed[")] // blocks above the diagonal
    [InlineData("muon", "top + 16 * m + 8 + g", "top + 16 * m + g")] // rows twice
    [InlineData("muon", "(sqrtf(sum) + 1e-7f)", "(sum + 1e-7f)")]
    public void A_source_with_a_mask_or_an_index_wrong_fails(string name, string right, string wrong) => AssertFails(name, text =>
    {
        Assert.Contains(right, text, StringComparison.Ordinal);
        int at = text.LastIndexOf(right, StringComparison.Ordinal); // rows.cuh has masks of its own before
        return text.Remove(at, right.Length).Insert(at, wrong);
    });

    private static void AssertFails(string name, Func<string, string> mutate) =>
        Assert.Contains(true, ((bool[])[false, true]).Select(lastFirst => KernelCases.Of(name).Fails(Launcher(name, lastFirst, mutate))));

    private static HostLauncher Launcher(string name, bool lastFirst, Func<string, string> mutate)
    {
        string changed = KernelCases.All[name].Program.Name;
        return new(lastFirst, (program, _) => program.Name == changed ? HostCompiler.Library(program.Name + "_mutant", mutate(program.Text())) : HostCompiler.Library(program));
    }
}
