namespace MhcPipeline.Train.Training;

/// <summary>What makes a run this run: resuming with anything else would continue another experiment.</summary>
/// <param name="Preset">The preset, by name or path.</param>
/// <param name="PresetJson">The preset's content, less what a resumed run may change (steps and minutes).</param>
/// <param name="Connection">The connection in use.</param>
/// <param name="Data">Fingerprint of the tokenised data.</param>
/// <param name="DataPath">Where the data was read from; null for the preset's corpus.</param>
/// <param name="Seed">Of initial values and data order.</param>
public sealed record RunIdentity(string Preset, string PresetJson, string Connection, string Data, string? DataPath, long Seed)
{
    /// <summary>Names the first difference from another identity, as <c>what: this → that</c>; null when there is none.</summary>
    public string? DifferenceTo(RunIdentity other)
    {
        if (Connection != other.Connection)
            return $"connection {Connection}, now {other.Connection}";
        if (Preset != other.Preset)
            return $"preset {Preset}, now {other.Preset}";
        if (PresetJson != other.PresetJson)
            return $"preset {Preset} as it was then; it has changed since";
        if (Seed != other.Seed)
            return $"seed {Seed}, now {other.Seed}";
        if (Data == other.Data)
            return null;
        string then = DataPath ?? "the preset's corpus", now = other.DataPath ?? "the preset's corpus";
        return then == now ? $"data {then} as it was then; it, or the tokenizer, has changed since" : $"data {then}, now {now}";
    }
}
