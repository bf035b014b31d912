using System.Reflection;
using System.Text;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>CUDA C++ that is compiled as one: embedded sources put together by name (they have no #include), and the macros that choose a variant.</summary>
/// <param name="Name">What messages and caches call it.</param>
/// <param name="Sources">File names under Sources, in order.</param>
/// <param name="Macros">Each written as a #define before the sources.</param>
public sealed record CudaProgram(string Name, IReadOnlyList<string> Sources, IReadOnlyList<KeyValuePair<string, string>> Macros)
{
    /// <summary>The whole text, as a compiler takes it; every source begins with a #line of its name.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        foreach (KeyValuePair<string, string> macro in Macros)
            text.Append("#define ").Append(macro.Key).Append(' ').Append(macro.Value).Append('\n');
        foreach (string source in Sources)
            text.Append("#line 1 \"").Append(source).Append("\"\n").Append(Source(source)).Append('\n');
        return text.ToString();
    }

    private static string Source(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Cuda/" + name)
            ?? throw new ArgumentException($"core/Kernels/Cuda/Sources has no {name}", nameof(name));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
