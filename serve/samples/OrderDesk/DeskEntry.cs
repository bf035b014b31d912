using System.Text.Json.Nodes;
using MhcPipeline.Connector.Documents;

namespace OrderDesk;

/// <summary>What the desk found out about one document.</summary>
/// <param name="File">The document's file name.</param>
/// <param name="Label">What it is.</param>
/// <param name="Record">Its record, as JSON.</param>
/// <param name="Fields">Each value with what speaks for it.</param>
/// <param name="Doubts">What a person has to look at, by the name of the field: why.</param>
/// <param name="Time">What reading it took.</param>
public sealed record DeskEntry(string File, string Label, JsonObject Record, IReadOnlyList<ExtractedField> Fields, IReadOnlyDictionary<string, string> Doubts, TimeSpan Time);
