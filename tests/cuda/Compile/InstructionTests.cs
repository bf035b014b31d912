using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using Xunit;
using Xunit.Abstractions;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>
/// Instructions that the backward pass of a site costs a warp: what bounds it behind memory. Counted in machine code: every instruction between a
/// loop's first and its branch back as issued, also those that a predicate turns off, as often as the loop runs.
/// </summary>
public sealed class InstructionTests(ITestOutputHelper output)
{
    /// <summary>
    /// What the first form of site_gradients, a prototype, had for 16 tokens and 32 columns of four streams of mhc on sm_90: 95 % of the slots that
    /// an H200 has while memory moves 15 C. Compiled by NVRTC 12.4 it has 3270.
    /// </summary>
    private const int FirstForm = 3130;

    /// <summary>A warp of the gradients takes its 32 columns in two steps.</summary>
    private const int Steps = 2, Width = 2560, TileTokens = 16, Columns = 32;

    [NvrtcTheory]
    [InlineData("sm_80")]
    [InlineData("sm_90")]
    public void The_gradients_cost_at_most_two_thirds_of_the_instructions_of_their_first_form(string architecture)
    {
        KernelLoops code = KernelLoops.Of(Compiled(architecture), "site_gradients");
        (int First, int Last)[] loops = [.. code.All.Where(loop => code.Products(loop) > 0)];

        Assert.Equal(2, loops.Length); // tiles, and steps in them; all products are in the steps
        Assert.InRange(loops[1].First, loops[0].First, loops[0].Last);
        Assert.Equal(code.Products(loops[0]), code.Products(loops[1]));
        int tile = KernelLoops.Length(loops[0]) + ((Steps - 1) * KernelLoops.Length(loops[1]));
        output.WriteLine($"{architecture}: {tile} instructions for {TileTokens} tokens and {Columns} columns, {tile * (Width / Columns) / TileTokens} a token of C = {Width}, {100.0 * tile / FirstForm:f1} % of the first form's");
        Assert.True(3 * tile <= 2 * FirstForm, $"{tile} instructions, of {FirstForm}");
    }

    [NvrtcFact]
    public void A_step_has_the_products_that_its_sums_need_and_no_others()
    {
        KernelLoops code = KernelLoops.Of(Compiled("sm_90"), "site_gradients");

        // Of each of four streams' two words: two with the pulls; of fn's sixteen rows two for its gradient and three for G; of its last eight two and two.
        Assert.Equal(4 * 2 * (2 + 2 + 3 + 2 + 2), code.Products(code.All[0]));
    }

    private static byte[] Compiled(string architecture)
    {
        CudaProgram program = CudaSitePrograms.Fast(new MhcMap(new MhcOptions(4, 20, 1e-6, 1e-6)), CudaSiteSource.Mixes);
        return CompilerAtHand.Nvrtc.Compile(program.Name, program.Text(), new CudaTarget(architecture)).Image;
    }
}
