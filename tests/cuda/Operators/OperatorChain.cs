using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Engine.Operators;
using MhcPipeline.Export.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Cuda.Tests.Operators;

/// <summary>
/// A graph with every operator of a model of two sublayers: Read, a WriteRead behind the embedding, a WriteRead of streams, End. The sublayers'
/// outputs are inputs of the graph, so that nothing but the mixing is in it; every operator's results are outputs.
/// </summary>
/// <param name="connection">Of all sites.</param>
/// <param name="n">Streams.</param>
/// <param name="tokens">T.</param>
/// <param name="width">C.</param>
/// <param name="type">Of the streams.</param>
/// <param name="summed">Whether Read is given fn summed over the streams.</param>
internal sealed class OperatorChain(string connection, int n, int tokens, int width, CudaStreamType type, bool summed)
{
    private int _seed = 1;

    /// <summary>True to run the same numbers in float32.</summary>
    public bool Widened { get; init; }

    private CudaStreamType InGraph => Widened ? CudaStreamType.Float32 : type;

    /// <summary>Runs the chain; every output widened to float32.</summary>
    /// <param name="register">Makes the operators known; null for those of the process.</param>
    public IReadOnlyDictionary<string, float[]> Run(Action<SessionOptions>? register)
    {
        (_seed, string folder) = (1, Directory.CreateTempSubdirectory("mhc-operators-").FullName);
        try
        {
            string path = Path.Combine(folder, "chain.onnx");
            OnnxFile.Write(Build(), path);
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            using InferenceSession session = SessionOperators.Load(path, options, register);
            using var run = new RunOptions();
            using OrtValue embedding = Value(tokens * width, 101), first = Value(tokens * width, 102), second = Value(tokens * width, 103), third = Value(tokens * width, 104);
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, ["embedding", "first", "second", "third"], [embedding, first, second, third], session.OutputNames);
            return session.OutputNames.Zip(results).ToDictionary(pair => pair.First, pair => Numbers(pair.Second), StringComparer.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private OnnxGraph Build()
    {
        var graph = new GraphBuilder("chain");
        DataType stream = InGraph switch { CudaStreamType.BFloat16 => DataType.Bfloat16, CudaStreamType.Float16 => DataType.Float16, _ => DataType.Float };
        Value Input(string name) => graph.Input(name, stream, tokens, width);
        Value embedding = Input("embedding"), first = Input("first"), second = Input("second"), third = Input("third");
        Value[] read = Node("Read", [embedding, .. Parameters(head: false, read: true)], "read.input", "read.writing");
        Value[] equal = Node("WriteRead", [embedding, first, read[1], .. Parameters(head: false)], "equal.input", "equal.streams", "equal.writing");
        Value[] mixed = Node("WriteRead", [equal[1], second, equal[2], .. Parameters(head: false)], "mixed.input", "mixed.streams", "mixed.writing");
        Value[] end = Node("End", [mixed[1], third, mixed[2], .. connection == "hc" ? [] : Parameters(head: true)], "end.hidden");
        foreach (Value output in (Value[])[.. read, .. equal, .. mixed, .. end])
        {
            bool coefficients = output.Name.EndsWith("writing", StringComparison.Ordinal), streams = output.Name.EndsWith("streams", StringComparison.Ordinal);
            if (streams)
                graph.Output(output, stream, tokens, n, width);
            else
                graph.Output(output, coefficients ? DataType.Float : stream, coefficients ? "rows" : tokens, coefficients ? tokens : width);
        }
        return graph.Build();

        Value[] Node(string operation, Value[] inputs, params string[] outputs) => graph.Node("ai.mhc", operation, inputs, outputs,
            Attributes.Text("connection", connection), Attributes.Int("streams", n), Attributes.Int("sinkhorn_iterations", 20), Attributes.Float("eps", 1e-6), Attributes.Float("norm_eps", 1e-6));

        Value[] Parameters(bool head, bool read = false)
        {
            SiteMap map = GpuCheck.Sites.Connections.Map(head ? "head" : connection, GpuCheck.Sites.Connections.Options(n));
            int flat = n * width / map.Groups;
            float[] fn = SiteNumbers.Normal(map.Rows * flat, _seed++, 1 / Math.Sqrt(flat)), bias = SiteNumbers.Normal(map.Biases, _seed++), scale = SiteNumbers.Normal(map.Scales, _seed++);
            if (read && summed && map.Groups == 1)
                (fn, flat) = ([.. Enumerable.Range(0, map.Rows * width).Select(k => Enumerable.Range(0, n).Sum(i => fn[(k / width * flat) + (i * width) + (k % width)]))], width);
            return [graph.Constant(fn, map.Rows, flat), graph.Constant(bias, map.Biases), graph.Constant(scale, map.Scales)];
        }
    }

    private OrtValue Value(int count, int seed)
    {
        float[] numbers = SiteNumbers.Rounded(SiteNumbers.Normal(count, seed), type);
        long[] shape = [tokens, width];
        return InGraph switch
        {
            CudaStreamType.Float32 => OrtValue.CreateTensorValueFromMemory(numbers, shape),
            CudaStreamType.Float16 => OrtValue.CreateTensorValueFromMemory<Float16>([.. numbers.Select(number => new Float16(BitConverter.HalfToUInt16Bits((Half)number)))], shape),
            _ => OrtValue.CreateTensorValueFromMemory<BFloat16>([.. numbers.Select(number => new BFloat16((ushort)(BitConverter.SingleToUInt32Bits(number) >> 16)))], shape),
        };
    }

    private static float[] Numbers(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Float16 => [.. value.GetTensorDataAsSpan<Float16>().ToArray().Select(number => (float)BitConverter.UInt16BitsToHalf(number.value))],
        TensorElementType.BFloat16 => [.. value.GetTensorDataAsSpan<BFloat16>().ToArray().Select(number => BitConverter.UInt32BitsToSingle((uint)number.value << 16))],
        _ => value.GetTensorDataAsSpan<float>().ToArray(),
    };
}
