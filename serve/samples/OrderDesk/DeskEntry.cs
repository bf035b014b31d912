using System.Text.Json.Nodes;

namespace OrderDesk;

/// <summary>What the desk found out about one document.</summary>
/// <param name="File">The document's file name.</param>
/// <param name="Label">What it is; null where the model did not say.</param>
/// <param name="Fields">Its fields; empty where the model gave none.</param>
/// <param name="Question">The question that was asked about it.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Problem">Why a person has to look at it; null where nobody has to.</param>
public sealed record DeskEntry(string File, string? Label, JsonObject Fields, string Question, string Answer, string? Problem);
