namespace MhcPipeline.GpuCheck.Running;

/// <summary>A program and its arguments.</summary>
/// <param name="File">A path, or a name on the search path.</param>
/// <param name="Arguments">In order.</param>
internal sealed record Command(string File, params IReadOnlyList<string> Arguments)
{
    /// <summary>This program, as it was started.</summary>
    public static Command Self
    {
        get
        {
            string process = Environment.ProcessPath!;
            return Path.GetFileNameWithoutExtension(process) == "dotnet" ? new(process, Environment.GetCommandLineArgs()[0]) : new(process);
        }
    }

    /// <summary>With more arguments behind.</summary>
    public Command With(params IEnumerable<string> more) => this with { Arguments = [.. Arguments, .. more] };

    /// <summary>The same run by another program, which takes it as its last arguments.</summary>
    public Command Under(Command other) => other.With([File, .. Arguments]);

    /// <summary>The path of a program in PATH or in one of some folders; null if it is nowhere.</summary>
    public static string? Find(string name, params IEnumerable<string> folders) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(folders)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(System.IO.File.Exists);
}
