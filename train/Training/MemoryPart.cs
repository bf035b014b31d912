namespace MhcPipeline.Train.Training;

/// <summary>A share of the memory that training takes.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Bytes">How much: a double, since what is asked for may be more than any machine can address.</param>
/// <param name="Fields">The preset's fields that make it smaller.</param>
internal sealed record MemoryPart(string Name, double Bytes, string Fields);
