namespace MhcPipeline.Bench;

/// <summary>A side of a comparison whose turns are calls.</summary>
/// <param name="name">What it is called.</param>
/// <param name="run">From steps to the seconds that they took.</param>
internal sealed class Side(string name, Func<int, double> run) : ISide
{
    public string Name => name;

    public double Run(int steps) => run(steps);

    public void Dispose()
    {
    }
}
