using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Data.Records;

/// <summary>The field <c>weight</c> of turns and records: 1 is learnt as if it were not there, 0 is not learnt.</summary>
internal static class Weight
{
    /// <summary>Whether the weight lets its turn or record be learnt.</summary>
    /// <exception cref="PipelineException">It is neither 0 nor 1, or 1 where nothing can be learnt.</exception>
    internal static bool Of(Fields fields, bool canBeLearnt)
    {
        if (fields.Take("weight") is not { } weight)
            return true;
        if (weight.ValueKind != JsonValueKind.Number || weight.GetDouble() is not (0 or 1))
            throw fields.Place.Of("weight").Error($"is {weight.GetRawText()}; it must be 0 or 1.");
        bool learnt = weight.GetDouble() == 1;
        return !learnt || canBeLearnt ? learnt : throw fields.Place.Of("weight").Error("is 1, but only turns of the assistant are learnt.");
    }
}
