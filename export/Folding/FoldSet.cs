using MhcPipeline.Core;
using MhcPipeline.Export.Graph;

namespace MhcPipeline.Export.Folding;

/// <summary>Which folds are asked for, by name. Whether one applies to a model is decided when the model is exported.</summary>
public sealed class FoldSet
{
    private readonly HashSet<string> _names;

    private FoldSet(IEnumerable<string> names) => _names = new HashSet<string>(names, StringComparer.Ordinal);

    /// <summary>Those that pay: all but the ones that were measured to cost time.</summary>
    public static FoldSet Usual { get; } = new(FoldRegistry.All.Where(fold => fold.UsuallyOff is null).Select(fold => fold.Name));

    /// <summary>Every fold.</summary>
    public static FoldSet All { get; } = new(Names);

    /// <summary>No fold: the formulas one after another.</summary>
    public static FoldSet None { get; } = new([]);

    /// <summary>The names of all folds.</summary>
    public static IEnumerable<string> Names => FoldRegistry.All.Select(fold => fold.Name);

    /// <summary>True for a fold that is asked for.</summary>
    public bool Contains(string name) => _names.Contains(name);

    /// <summary>This set and one more.</summary>
    /// <exception cref="PipelineException">There is no fold of that name.</exception>
    public FoldSet With(string name) => new(_names.Append(Known(name)));

    /// <summary>This set but for one.</summary>
    /// <exception cref="PipelineException">There is no fold of that name.</exception>
    public FoldSet Without(string name) => new(_names.Except([Known(name)]));

    /// <summary>The folds of this set that apply to a model.</summary>
    internal FoldPlan For(FoldTarget target) => new(FoldRegistry.All.Where(fold => Contains(fold.Name) && fold.Obstacle(target) is null), target);

    private static string Known(string name) => Names.Contains(name) ? name
        : throw new PipelineException($"There is no fold {name}; there are {string.Join(", ", Names)}.");
}
