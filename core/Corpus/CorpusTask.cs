namespace MhcPipeline.Core.Corpus;

/// <summary>What the last turn of a conversation asks for.</summary>
public enum CorpusTask
{
    /// <summary>The document's fields as one line of JSON.</summary>
    Extract,

    /// <summary>One value that a question asks for.</summary>
    Answer,

    /// <summary>One label out of <see cref="CorpusInstructions.Labels"/>.</summary>
    Classify,
}
