namespace MhcPipeline.Train.Data;

/// <summary>How conversations fill the rows of a batch.</summary>
public enum ChatLayout
{
    /// <summary>
    /// One conversation a row, as the model sees it when it is served, so that it never has another document to copy from. Conversations of
    /// similar length share a batch, which is as wide as its longest and as high as the token budget allows: little padding is left.
    /// </summary>
    Separate,

    /// <summary>
    /// Conversations back to back in rows of the block size, with <c>&lt;|endoftext|&gt;</c> between them; attention crosses from one into
    /// the next. Every batch has the same shape.
    /// </summary>
    Packed,
}
