using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Optimization;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>
/// The files under checkpoints/: <c>last.safetensors</c> holds weights, optimizer, random state and <see cref="RunState"/>;
/// <c>best.safetensors</c> the weights with the lowest validation loss. Each is one file, renamed over its predecessor when it is
/// complete, so that a crash at any moment leaves a whole checkpoint.
/// </summary>
/// <param name="run">The run folder.</param>
public sealed class Checkpoint(RunFolder run)
{
    private const string RandomKey = "random.state";

    private string LastFile => run.LastCheckpoint;

    private string BestFile => Path.Combine(run.CheckpointsFolder, "best.safetensors");

    /// <summary>The state of the last checkpoint; null when there is none.</summary>
    /// <exception cref="PipelineException">There is one, but it cannot be read.</exception>
    public RunState? ReadState()
    {
        if (!File.Exists(LastFile))
            return null;
        using SafetensorsFile file = SafetensorsFile.Open(LastFile);
        try
        {
            return RunState.FromJson(file.Metadata[WeightsRecord.State]) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException)
        {
            throw new PipelineException($"{LastFile} holds no state of a training run. Delete it, or begin anew with --restart.", e);
        }
    }

    /// <summary>Writes the last checkpoint.</summary>
    public void SaveLast(RunState state, LanguageModel model, IOptimizer optimizer)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata[WeightsRecord.State] = state.ToJson();
        model.Parameters.Save(writer, model.Parameters.Data);
        optimizer.Save(writer);
        using Tensor random = get_rng_state();
        long[] bytes = [.. random.bytes.ToArray().Select(b => (long)b)]; // the format's readers here know no bytes
        writer.Add(RandomKey, [bytes.Length], bytes);
        writer.Save(LastFile);
    }

    /// <summary>Puts model, optimizer and random state back as the last checkpoint has them.</summary>
    /// <exception cref="PipelineException">It does not fit the model.</exception>
    public void LoadLast(LanguageModel model, IOptimizer optimizer)
    {
        using SafetensorsFile file = SafetensorsFile.Open(LastFile);
        model.Parameters.Load(file, model.Parameters.Data);
        optimizer.Load(file);
        using var scope = NewDisposeScope();
        byte[] bytes = [.. file.ReadInt64(RandomKey).Select(value => (byte)value)];
        Tensor random = zeros(bytes.Length, dtype: ScalarType.Byte);
        random.bytes = bytes;
        set_rng_state(random);
    }

    /// <summary>Writes the best checkpoint.</summary>
    public void SaveBest(LanguageModel model) => model.SaveWeights(BestFile);

    /// <summary>Gives the model the best checkpoint's weights, if there is one.</summary>
    public void LoadBest(LanguageModel model)
    {
        if (!File.Exists(BestFile))
            return;
        using SafetensorsFile file = SafetensorsFile.Open(BestFile);
        model.Parameters.Load(file, model.Parameters.Data);
    }

    /// <summary>Deletes the best: an earlier run's, once the last is of the run that has begun.</summary>
    public void DeleteBest() => File.Delete(BestFile);
}
