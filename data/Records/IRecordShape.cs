using MhcPipeline.Core;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Data.Records;

/// <summary>A way in which people write records of training data.</summary>
internal interface IRecordShape
{
    /// <summary>The fields that make a record one of this shape.</summary>
    IReadOnlyList<string> Key { get; }

    /// <summary>Other fields that it reads.</summary>
    IReadOnlyList<string> Others { get; }

    /// <summary>Reads a record that has all fields of <see cref="Key"/>; null if it holds no text.</summary>
    /// <exception cref="PipelineException">It is not what its fields promise.</exception>
    TextItem? Read(Fields record);
}
