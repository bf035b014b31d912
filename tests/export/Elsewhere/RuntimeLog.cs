using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Export.Tests.Elsewhere;

/// <summary>What ONNX Runtime says in this process, by the session that it says it of.</summary>
internal static class RuntimeLog
{
    private static readonly ConcurrentQueue<(string Session, string Message)> _lines = new();

    // Kept, since ONNX Runtime calls it for as long as the process lives.
    private static readonly DOrtLoggingFunction _keep = (_, _, _, session, _, message) => _lines.Enqueue((session, message));

    /// <summary>Before anything else: the process has one environment, made by whoever comes first.</summary>
    [ModuleInitializer]
    internal static void Listen()
    {
        var options = new EnvironmentCreationOptions { logId = "tests", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, loggingFunction = _keep };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }

    /// <summary>Messages of the session with this LogId.</summary>
    public static IReadOnlyList<string> Of(string session) => [.. _lines.Where(line => line.Session == session).Select(line => line.Message)];
}
