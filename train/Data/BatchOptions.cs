namespace MhcPipeline.Train.Data;

/// <summary>The shape of batches.</summary>
/// <param name="Rows">Rows of <paramref name="BlockSize"/> tokens; their product is the budget of a batch of separate conversations.</param>
/// <param name="BlockSize">Longest row, in tokens.</param>
/// <param name="Seed">Order of the data.</param>
/// <param name="Layout">How conversations fill rows; plain text fills them to the end always.</param>
public sealed record BatchOptions(int Rows, int BlockSize, ulong Seed, ChatLayout Layout = ChatLayout.Separate);
