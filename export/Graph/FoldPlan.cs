namespace MhcPipeline.Export.Graph;

/// <summary>The folds that are done on one model.</summary>
/// <param name="done">They.</param>
/// <param name="target">The model.</param>
internal sealed class FoldPlan(IEnumerable<Fold> done, FoldTarget target)
{
    private readonly HashSet<Type> _done = [.. done.Select(fold => fold.GetType())];

    /// <summary>The model.</summary>
    public FoldTarget Target => target;

    /// <summary>True when the fold is done.</summary>
    public bool Has<T>()
        where T : Fold => _done.Contains(typeof(T));

    /// <summary>True when the fold is done.</summary>
    public bool Has(Fold fold) => _done.Contains(fold.GetType());
}
