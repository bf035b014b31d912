using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Compile;
using MhcPipeline.Ptx;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Cases;

/// <summary>The programs that a model needs, by name, against those that its launches ask for. What real sessions and training launch is looked up in them where those are tested.</summary>
public sealed class UsualProgramTests
{
    private const int SharedBytes = 227 << 10; // H100

    [Theory]
    [InlineData("mhc", 4)]
    [InlineData("hc", 4)]
    [InlineData("identity", 4)]
    [InlineData("mhc_lite", 3)]
    [InlineData("mhc", 1)]
    public void A_model_s_sites_launch_what_is_named_and_all_of_it(string connection, int n)
    {
        MhcOptions options = Connections.Options(n);
        SiteMap map = Connections.Map(connection, options), head = connection == "hc" ? new SumMap(n) : new HeadMap(options);
        CudaSiteSource between = map.Mixes ? CudaSiteSource.Mixes : CudaSiteSource.Gates;
        RecordingLauncher launcher = new();
        foreach (CudaStreamType type in Enum.GetValues<CudaStreamType>())
        {
            foreach (int tokens in (int[])[1, 32, 33, 32768])
            {
                foreach (int width in (int[])[40, 64, 2560])
                {
                    var shape = new SiteShape(tokens, n, width);
                    Pass(launcher, map, options, CudaSiteSource.Embedding, shape, type);
                    Pass(launcher, map, options, between, shape, type);
                    Pass(launcher, head, options, between, shape, type);
                    if (type != CudaStreamType.Float16 && CudaStreamRecompute.Takes(shape, type)) // float16 is served only
                        new CudaStreamRecompute(launcher, shape, type, map.Mixes).Launch(1 << 20, false, new CudaSiteWrite[2]);
                }
            }
        }

        Assert.Equal(
            launcher.Programs.Select(recorded => recorded.Program.Name).Append("fn_spread").Order(StringComparer.Ordinal),
            CudaSitePrograms.Model(map, head).Select(program => program.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_compiled_ones_are_a_model_s_of_four_streams_with_mhc_and_those_of_sublayers_and_optimizers()
    {
        MhcOptions options = Connections.Options(4);
        HashSet<string> names = Names(UsualPrograms.All);

        Assert.Equal(UsualPrograms.All.Count, names.Count);
        Assert.Superset(Names(CudaSitePrograms.Model(new MhcMap(options), new HeadMap(options))), names);
        Assert.Superset(Names(KernelCases.All.Values.Select(made => made.Program)), names);
        Assert.Superset(Names(Enum.GetValues<CudaElement>().Select(type => CudaSublayerPrograms.RmsNorm(type, type)).Append(CudaOptimizerPrograms.Muon)), names);
    }

    private static HashSet<string> Names(IEnumerable<CudaProgram> programs) => [.. programs.Select(program => program.Name)];

    /// <summary>All of a site's passes, at made-up addresses.</summary>
    private static void Pass(RecordingLauncher launcher, SiteMap map, MhcOptions options, CudaSiteSource source, SiteShape shape, CudaStreamType type)
    {
        const nint at = MadeUpAddresses.At;
        CudaBefore before = MadeUpAddresses.Before(source);
        CudaSiteParameters parameters = MadeUpAddresses.Parameters;
        var kernel = new CudaSiteKernel(launcher, map, options, source, shape, type, SharedBytes) { Reuses = true };
        kernel.Write(before, at);
        kernel.Forward(before, parameters, map.Writes ? at : 0, at, at, map.Writes ? at : 0, at, at);
        kernel.Forward(before, parameters, map.Writes ? at : 0, at, at, map.Writes ? at : 0, at, at, counters: at);
        if (source != CudaSiteSource.Embedding)
            kernel.Forward(before with { X = 0, Embedding = at }, parameters, map.Writes ? at : 0, at, at, map.Writes ? at : 0, at, at, counters: at); // as served
        kernel.Backward(before, parameters, at, at, MadeUpAddresses.Gradients(map), at);
    }
}
