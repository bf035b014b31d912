using MhcPipeline.Tokenization.Command;
using Spectre.Console;

IAnsiConsole? terminal = Console.IsOutputRedirected ? null : AnsiConsole.Console;
return await TokenizerCommand.RunAsync(args, new ProgressDisplay(Console.Out, terminal), Console.Out, Console.Error);
