namespace MhcPipeline.Core;

/// <summary>What must hold of one field.</summary>
/// <param name="Holds">Whether it does.</param>
/// <param name="Field">The field as its file spells it, with the objects around it: <c>training.steps</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Range">What it must be, such as <c>from 1 to 8</c>.</param>
internal readonly record struct FieldRule(bool Holds, string Field, object? Value, string Range)
{
    /// <summary>Throws for the first rule that does not hold.</summary>
    /// <param name="origin">What the message calls the whole: usually a file's path.</param>
    /// <param name="rules">In the order in which fields are best mended.</param>
    /// <exception cref="PipelineException">Names field, value and range.</exception>
    public static void Require(string origin, IEnumerable<FieldRule> rules)
    {
        foreach (FieldRule rule in rules)
        {
            if (!rule.Holds)
                throw new PipelineException(FormattableString.Invariant($"{origin}: {rule.Field} is {rule.Value ?? "null"}; it must be {rule.Range}."));
        }
    }
}
