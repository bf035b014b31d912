namespace MhcPipeline.Export.Folding;

/// <summary>The folds that are done on one model: those asked for that apply to it.</summary>
internal sealed class FoldPlan
{
    private readonly HashSet<Type> _done;
    private readonly FoldTarget _target;

    /// <summary>Decides on every fold.</summary>
    public FoldPlan(FoldSet asked, FoldTarget target)
    {
        _target = target;
        _done = [.. FoldRegistry.All.Where(fold => asked.Contains(fold.Name) && fold.Obstacle(target) is null).Select(fold => fold.GetType())];
    }

    /// <summary>True when the fold is done.</summary>
    public bool Has<T>()
        where T : Fold => _done.Contains(typeof(T));

    /// <summary>True when the fold is done.</summary>
    public bool Has(Fold fold) => _done.Contains(fold.GetType());

    /// <summary>Sinkhorn iterations of a site.</summary>
    /// <param name="site">Start of the names of its tensors, such as <c>model.layers.0.attn_hc</c>.</param>
    public int Iterations(string site) =>
        Has<SinkhornIterations>() && _target.Iterations!.TryGetValue(site, out int enough) ? enough : _target.Config.HcSinkhornIters;
}
