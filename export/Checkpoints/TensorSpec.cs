namespace MhcPipeline.Export.Checkpoints;

/// <summary>A tensor that a configuration asks of the weights.</summary>
/// <param name="Name">Its name in model.safetensors.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
internal sealed record TensorSpec(string Name, params IReadOnlyList<long> Shape);
