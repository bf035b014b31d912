using MhcPipeline.Engine.Operators;
using MhcPipeline.Export.Onnx;
using Microsoft.ML.OnnxRuntime;
using Xunit;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>An operator that cannot do what a graph asks for says so through ONNX Runtime; equal streams are computed once.</summary>
public sealed class OperatorTests
{
    private const int Tokens = 3, Streams = 2, Width = 21, Rows = 8;

    [Fact]
    public void An_unknown_connection_is_refused_when_the_model_is_loaded() =>
        Assert.Contains("connection is 'hyper'; it can be mhc, mhc_lite, identity, hc", Assert.Throws<OnnxRuntimeException>(() => Read("hyper", Streams * Width)).Message);

    [Fact]
    public void Too_many_streams_are_refused_when_the_model_is_loaded() =>
        Assert.Contains("streams is 9; with connection mhc it can be 1 to 8", Assert.Throws<OnnxRuntimeException>(() => Read("mhc", 9 * Width, streams: 9)).Message);

    [Fact]
    public void A_wrong_shape_is_refused_by_name() =>
        Assert.Contains("ai.mhc.Read (mhc): fn is [8, 41], expected [8, 42]", Assert.Throws<OnnxRuntimeException>(() => Read("mhc", 41)).Message);

    [Fact]
    public void Fn_summed_over_the_streams_reads_the_embedding_as_fn_itself_does()
    {
        (float[] input, float[] writing) = Read("mhc", Streams * Width);
        (float[] summedInput, float[] summedWriting) = Read("mhc", Width);

        Assert.All(input.Zip(summedInput), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.All(writing.Zip(summedWriting), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    // Runs a graph of one Read. fn of `columns` columns: of the whole width at random, of one stream's width the sum over the streams.
    private static (float[] Input, float[] Writing) Read(string connection, int columns, int streams = Streams)
    {
        var random = new Random(5);
        float[] fn = Numbers(Rows * streams * Width), bias = Numbers(Rows), embedding = Numbers(Tokens * Width);
        if (columns == Width)
            fn = [.. Enumerable.Range(0, Rows * Width).Select(at => Enumerable.Range(0, streams).Sum(i => fn[(at / Width * streams * Width) + (i * Width) + (at % Width)]))];

        var graph = new GraphBuilder("read");
        Value[] inputs =
        [
            graph.Input("embedding", DataType.Float, "tokens", Width),
            graph.Constant(fn.AsSpan(0, Rows * columns), Rows, columns), graph.Constant(bias, Rows), graph.Constant([0.5f, 1f, 2f], 3),
        ];
        Value[] outputs = graph.Node("ai.mhc", "Read", inputs, ["input", "writing"], Attributes.Text("connection", connection), Attributes.Int("streams", streams),
            Attributes.Int("sinkhorn_iterations", 20), Attributes.Float("eps", 1e-6), Attributes.Float("norm_eps", 1e-6));
        graph.Output(outputs[0], DataType.Float, "tokens", Width);
        graph.Output(outputs[1], DataType.Float, "rows", "tokens");
        using var folder = new ScratchFolder();
        OnnxFile.Write(graph.Build(), folder.In("read.onnx"));

        using var options = new SessionOptions();
        using InferenceSession session = SessionOperators.Load(folder.In("read.onnx"), options);
        using var run = new RunOptions();
        using var value = OrtValue.CreateTensorValueFromMemory(embedding, [Tokens, Width]);
        using var results = session.Run(run, ["embedding"], [value], session.OutputNames);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<float>().ToArray());

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
