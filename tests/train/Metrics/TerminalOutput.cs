using System.Text;
using Spectre.Console;

namespace MhcPipeline.Train.Tests.Metrics;

/// <summary>A writer that says it is a terminal of 100 columns.</summary>
internal sealed class TerminalOutput(TextWriter writer) : IAnsiConsoleOutput
{
    public TextWriter Writer => writer;

    public bool IsTerminal => true;

    public int Width => 100;

    public int Height => 40;

    public void SetEncoding(Encoding encoding)
    {
    }
}
