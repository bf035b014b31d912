using System.CommandLine;
using System.CommandLine.Parsing;

namespace MhcPipeline.Core.Programs;

/// <summary>
/// How every program of the pipeline begins and ends: options are checked before anything is done, what goes wrong is one line on stderr that begins with
/// the program's name, and the exit code is one of <see cref="ExitCode"/>.
/// </summary>
/// <param name="name">The program's name, such as <c>mhc-train</c>.</param>
public sealed class PipelineProgram(string name)
{
    /// <summary>The environment variable that, set to 1, shows exceptions whole.</summary>
    public const string Trace = "MHC_TRACE";

    /// <summary>What is said when the work is stopped and says nothing of its own (<see cref="StoppedException"/>).</summary>
    public string Stopped { get; init; } = "stopped.";

    /// <summary>False for a program whose work ends itself when a signal comes, such as a server's.</summary>
    public bool StopsBySignal { get; init; } = true;

    /// <summary>Where help goes.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>Where messages go.</summary>
    public TextWriter Errors { get; init; } = Console.Error;

    /// <summary>Reads the command line and does what it asks for. Options for text refuse to be empty.</summary>
    /// <param name="command">Its actions throw what goes wrong.</param>
    /// <param name="args">The command line.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(RootCommand command, string[] args)
    {
        foreach (Command one in command.Subcommands.Prepend(command))
        {
            foreach (Symbol text in one.Options.Where(option => option.ValueType == typeof(string)).Cast<Symbol>().Concat(one.Arguments.Where(argument => argument.ValueType == typeof(string))))
                RefuseEmpty(text);
        }
        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
                Say(error.Message);
            Errors.WriteLine($"{name} --help shows the options.");
            return ExitCode.WrongUsage;
        }
        var invocation = new InvocationConfiguration { Output = Output, Error = Errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await RunAsync(stop => parsed.InvokeAsync(invocation, stop));
    }

    /// <summary>Does some work.</summary>
    /// <param name="work">Asked to stop by its argument; returns the exit code.</param>
    /// <returns>The exit code: that of the work, or what an exception means.</returns>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> work)
    {
        using StopSignals? signals = StopsBySignal ? new StopSignals() : null;
        AppDomain.CurrentDomain.UnhandledException += EndByFailure; // of other threads
        try
        {
            return await work(signals?.Token ?? CancellationToken.None);
        }
        catch (OperationCanceledException e) when (e is StoppedException || signals is { ExitCode: not 0 })
        {
            Say(e is StoppedException ? e.Message : Stopped);
            return signals is { ExitCode: not 0 and int code } ? code : ExitCode.Failed;
        }
        catch (Exception e)
        {
            Report(e);
            return ExitCode.Failed;
        }
        finally
        {
            AppDomain.CurrentDomain.UnhandledException -= EndByFailure;
        }
    }

    private void Report(Exception exception)
    {
        Say(Failure.Describe(exception));
        if (Environment.GetEnvironmentVariable(Trace) == "1")
            Errors.WriteLine(exception);
    }

    private void EndByFailure(object sender, UnhandledExceptionEventArgs happened)
    {
        Report((Exception)happened.ExceptionObject);
        Environment.Exit(ExitCode.Failed);
    }

    private void Say(string message) => Errors.WriteLine($"{name}: {message}");

    private static void RefuseEmpty(Symbol symbol)
    {
        if (symbol is Option option)
            option.Validators.Add(result => Check(option.Name, result.Tokens, result.AddError));
        else if (symbol is Argument argument)
            argument.Validators.Add(result => Check(argument.Name, result.Tokens, result.AddError));

        static void Check(string name, IReadOnlyList<Token> tokens, Action<string> refuse)
        {
            if (tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                refuse($"{name} is empty.");
        }
    }
}
