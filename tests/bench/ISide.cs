namespace MhcPipeline.Bench;

/// <summary>One of the programs or configurations that take turns in a measurement.</summary>
internal interface ISide : IDisposable
{
    /// <summary>What tables and keys call it.</summary>
    string Name { get; }

    /// <summary>Goes on with what is measured.</summary>
    /// <param name="steps">Steps to take now: of the optimizer, passes of a kernel, tokens.</param>
    /// <returns>The seconds that they took.</returns>
    double Run(int steps);
}
