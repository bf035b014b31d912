namespace MhcPipeline.Constraints;

/// <summary>In which order the keys of an object may come.</summary>
public enum KeyOrder
{
    /// <summary>As the schema names them, others after them.</summary>
    Schema,

    /// <summary>In any order.</summary>
    Any,
}
