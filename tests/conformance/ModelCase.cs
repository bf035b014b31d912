using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Verification;
using MhcPipeline.Train.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace MhcPipeline.Conformance;

/// <summary>A model case: the same logits from the training forward pass and, in float32 on the CPU, from the graphs exported in both modes, in ONNX Runtime.</summary>
public sealed class ModelCase(string path, Device device, ScalarType precision) : ReferenceCase(path, device, precision)
{
    /// <inheritdoc/>
    protected override IReadOnlyList<TensorError> Compare()
    {
        using SafetensorsFile expected = SafetensorsFile.Open(new RunFolder(Path).ExpectedFile);
        float[] logits = expected.ReadFloat32("logits");
        long[] ids = expected.ReadInt64("input_ids");
        if (expected.Tensor("input_ids").Shape is not [long batch, long sequence])
            throw new PipelineException($"{expected.Path}: input_ids is not of shape [B,S].");
        TensorError trained = Compare("logits of training", Train(ids, batch, sequence));
        if (Device.type != DeviceType.CPU || Precision != ScalarType.Float32)
            return [trained];
        return [trained, .. Enum.GetValues<ExportMode>().SelectMany(mode => Exported(ids, (int)batch, mode)).Select(logit => Compare(logit.Name, logit.Logits))];

        TensorError Compare(string name, float[] actual) => TensorError.WithinAbsolute(name, logits, actual, LogitLimit);
    }

    private float[] Train(long[] ids, long batch, long sequence)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using LanguageModel model = ModelFiles.Load(Path, Device);
        model.Precision = Precision;
        return model.Forward(tensor(ids, [batch, sequence]).to(Device)).cpu().contiguous().data<float>().ToArray();
    }

    private (string Name, float[] Logits)[] Exported(long[] ids, int batch, ExportMode mode)
    {
        var run = new RunFolder(Path);
        string folder = Directory.CreateTempSubdirectory("mhc-conformance-").FullName;
        try
        {
            using SafetensorsFile weights = SafetensorsFile.Open(run.WeightsFile);
            ExportedModel exported = OnnxExporter.Export(ModelConfig.Load(run.ConfigJson), weights, folder, new ExportOptions { Mode = mode });
            using OnnxModelRunner runner = OnnxModelRunner.Load(exported.ModelPath);
            string name = mode.ToString().ToLowerInvariant();
            return [($"logits of ONNX Runtime, {name}, prefill", runner.Prefill(ids, batch)), ($"{name}, chunked prefill", runner.PrefillInChunks(ids, batch, chunk: 5)), ($"{name}, decode", runner.Decode(ids, batch))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
