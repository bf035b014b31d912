using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Connections;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;
using Microsoft.ML.OnnxRuntime;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Tests.Mixing;

/// <summary>Runs the mixing of one site, and the head, as the exporter writes them, in ONNX Runtime.</summary>
internal static class SiteGraph
{
    public static (float[] SublayerInput, float[] StreamsOut, float[] HeadOutput) Run(SiteCase site, FoldSet folds)
    {
        using var folder = new ScratchFolder();
        int n = site.Streams, hidden = site.Hidden;
        var writer = new SafetensorsWriter();
        writer.Add("site.fn", [site.Maps, n * hidden], site.Fn);
        writer.Add("site.base", [site.Maps], site.Base);
        writer.Add("site.scale", [3], site.Scale);
        writer.Add("model.hc_head.hc_fn", [n, n * hidden], site.HeadFn);
        writer.Add("model.hc_head.hc_base", [n], site.HeadBase);
        writer.Add("model.hc_head.hc_scale", [1], [site.LogitScale]);
        writer.Save(folder.In("site.safetensors"));
        using var weights = SafetensorsFile.Open(folder.In("site.safetensors"));

        OnnxFile.Write(Build(Config(site), weights, folds), folder.In("site.onnx"));
        using var session = new InferenceSession(folder.In("site.onnx"));
        using var run = new RunOptions();
        using var streams = OrtValue.CreateTensorValueFromMemory(site.Input, [site.Tokens, n, hidden]);
        using var output = OrtValue.CreateTensorValueFromMemory(site.SublayerOutput, [site.Tokens, hidden]);
        using var results = session.Run(run, ["streams", "sublayer_output"], [streams, output], session.OutputNames);
        return (Floats(0), Floats(1), Floats(2));

        float[] Floats(int i) => results[i].GetTensorDataAsSpan<float>().ToArray();
    }

    private static OnnxGraph Build(ModelConfig config, SafetensorsFile weights, FoldSet folds)
    {
        var graph = new GraphBuilder("site");
        var store = new ModelWeights(weights);
        var context = new GraphContext(graph, config, store, folds.For(new FoldTarget(config, ExportMode.Standard, store, [])));
        var connection = new MhcConnection();
        Value streams = graph.Input("streams", DataType.Float, "tokens", config.HcMult, config.HiddenSize);
        Value output = graph.Input("sublayer_output", DataType.Float, "tokens", config.HiddenSize);
        Site site = connection.Enter(context, new Streams(streams), "site");
        graph.Output(site.Input, DataType.Float, "tokens", config.HiddenSize);
        graph.Output(site.Leave(output).Source, DataType.Float, "tokens", config.HcMult, config.HiddenSize);
        graph.Output(connection.Collapse(context, new Streams(streams)), DataType.Float, "tokens", config.HiddenSize);
        return graph.Build();
    }

    private static ModelConfig Config(SiteCase site) => new()
    {
        HcMult = site.Streams,
        HcSinkhornIters = site.Iterations,
        HcEps = site.Eps,
        HiddenSize = site.Hidden,
        IntermediateSize = 1,
        NumHiddenLayers = 1,
        NumAttentionHeads = 1,
        NumKeyValueHeads = 1,
        MaxPositionEmbeddings = 1,
        VocabSize = 1,
    };
}
