using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export;
using MhcPipeline.Train.Model;
using static TorchSharp.torch;

namespace MhcPipeline.Conformance;

/// <summary>A model case: the same logits from the training forward pass and from the exported graph in ONNX Runtime.</summary>
public sealed class ModelCase(string path) : ReferenceCase(path)
{
    /// <inheritdoc/>
    protected override IReadOnlyList<TensorError> Compare()
    {
        using SafetensorsFile expected = SafetensorsFile.Open(new RunFolder(Path).ExpectedFile);
        float[] logits = expected.ReadFloat32("logits");
        long[] ids = expected.ReadInt64("input_ids");
        if (expected.Tensor("input_ids").Shape is not [long batch, long sequence])
            throw new PipelineException($"{expected.Path}: input_ids is not of shape [B,S].");
        return
        [
            TensorError.WithinAbsolute("logits of training", logits, Train(ids, batch, sequence), LogitLimit),
            TensorError.WithinAbsolute("logits of ONNX Runtime", logits, Exported(ids, (int)batch, (int)sequence), LogitLimit),
        ];
    }

    private float[] Train(long[] ids, long batch, long sequence)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using LanguageModel model = LanguageModel.Load(Path, CPU);
        return model.Forward(tensor(ids, [batch, sequence])).contiguous().data<float>().ToArray();
    }

    private float[] Exported(long[] ids, int batch, int sequence)
    {
        string folder = Directory.CreateTempSubdirectory("mhc-conformance-").FullName;
        try
        {
            return [];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
