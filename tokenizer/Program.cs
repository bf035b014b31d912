using MhcPipeline.Tokenization.Command;
using Spectre.Console;

IAnsiConsole? terminal = Console.IsOutputRedirected ? null : AnsiConsole.Console;
return TokenizerCommand.Run(args, new ProgressDisplay(Console.Out, terminal), Console.Out, Console.Error);
