using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Operators;
using MhcPipeline.Engine.Operators;
using Microsoft.ML.OnnxRuntime;
using Xunit;
using Xunit.Abstractions;

namespace MhcPipeline.Cuda.Tests.Operators;

/// <summary>
/// The operators of the CUDA provider in real sessions: ONNX Runtime's CPU provider stands in for the GPU's, and what launches kernels runs their own
/// sources on the CPU. Inputs, outputs, memory and the stream come through the same functions of ONNX Runtime as on a GPU.
/// </summary>
public sealed class CudaMixingOperatorTests(ITestOutputHelper output)
{
    public static TheoryData<string, int, CudaStreamType, int, int, bool> Cases { get; } = All();

    [HostTheory]
    [MemberData(nameof(Cases))]
    public void Every_operator_gives_what_the_CPUs_gives(string connection, int n, CudaStreamType type, int tokens, int width, bool summed)
    {
        HostDevice device = new();
        IReadOnlyDictionary<string, float[]> expected = new OperatorChain(connection, n, tokens, width, type, summed) { Widened = true }.Run(null);
        IReadOnlyDictionary<string, float[]> actual = new OperatorChain(connection, n, tokens, width, type, summed).Run(options => Register(options, device));

        Assert.Equal(expected.Keys, actual.Keys);
        double limit = type switch { CudaStreamType.BFloat16 => 0.03, CudaStreamType.Float16 => 0.004, _ => 2e-5 };
        foreach ((string name, float[] numbers) in expected)
        {
            double largest = numbers.Max(Math.Abs), worst = numbers.Zip(actual[name], (e, a) => float.IsNaN(a) ? double.PositiveInfinity : Math.Abs((double)e - a)).Max() / largest;
            output.WriteLine($"{name} {worst:e1}");
            Assert.InRange(worst, 0, limit);
        }
        Assert.Empty(device.Unprepared);
        Assert.Equal(type != CudaStreamType.Float32 && width % 32 == 0, device.Kernels.Contains("site_products"));
        Assert.Equal(summed && connection != "hc" && n > 1, device.Kernels.Contains("fn_spread"));
    }

    [HostFact]
    public void No_tokens_launch_nothing()
    {
        HostDevice device = new();
        IReadOnlyDictionary<string, float[]> results = new OperatorChain("mhc", 2, 0, 32, CudaStreamType.Float32, summed: false).Run(options => Register(options, device));

        Assert.All(results.Values, Assert.Empty);
        Assert.Empty(device.Kernels);
    }

    [Fact]
    public void A_graph_with_streams_of_bfloat16_is_refused_by_the_CPU_provider() =>
        Assert.Contains("Could not find an implementation for Read(1)", Assert.Throws<OnnxRuntimeException>(() => new OperatorChain("mhc", 2, 3, 32, CudaStreamType.BFloat16, summed: false).Run(null)).Message);

    [Fact]
    public void A_graph_with_streams_of_float16_runs_on_the_CPU_with_casts_that_ONNX_Runtime_adds()
    {
        IReadOnlyDictionary<string, float[]> expected = new OperatorChain("mhc", 2, 3, 32, CudaStreamType.Float16, summed: false) { Widened = true }.Run(null);
        IReadOnlyDictionary<string, float[]> actual = new OperatorChain("mhc", 2, 3, 32, CudaStreamType.Float16, summed: false).Run(null);

        Assert.All(expected, pair => Assert.All(pair.Value.Zip(actual[pair.Key]), numbers => Assert.Equal(numbers.First, numbers.Second, 0.01f)));
    }

    [Fact]
    public void A_machine_without_a_GPU_says_so_when_the_model_is_loaded()
    {
        string message = Assert.Throws<OnnxRuntimeException>(() => new OperatorChain("mhc", 2, 3, 32, CudaStreamType.BFloat16, summed: false).Run(options => Register(options, null))).Message;

        Assert.Contains("ai.mhc.Read (mhc) on the GPU: there is none", message);
    }

    private static void Register(SessionOptions options, HostDevice? device)
    {
        MhcOperators.RegisterCudaOnly(options.DangerousGetHandle(), SessionOperators.ApiBase, _ => device ?? throw new Core.PipelineException("there is none"));
        GC.KeepAlive(options);
    }

    // Every connection with every n in float32; streams of 16 bits with some of them, on widths for the fast kernels and for the plain ones.
    private static TheoryData<string, int, CudaStreamType, int, int, bool> All()
    {
        var cases = new TheoryData<string, int, CudaStreamType, int, int, bool>();
        foreach (string connection in (string[])["mhc", "hc", "mhc_lite", "identity"])
        {
            for (int n = 1; n <= (connection == "mhc_lite" ? 4 : 8); n++)
                cases.Add(connection, n, CudaStreamType.Float32, 2 + n, 13 + (3 * n), n % 2 == 0);
            cases.Add(connection, 4, CudaStreamType.BFloat16, 19, 96, true);
            cases.Add(connection, 4, CudaStreamType.Float16, 1, 64, false);
            cases.Add(connection, 3, CudaStreamType.BFloat16, 5, 37, false);
        }
        return cases;
    }
}
