using MhcPipeline.Core;
using MhcPipeline.Core.Operators;
using MhcPipeline.Export.Graph;

namespace MhcPipeline.Export.Connections;

/// <summary>The connections that can be exported.</summary>
internal static class ConnectionRegistry
{
    private static readonly IConnection[] _all = [new ResidualConnection(), new MhcConnection(), new MhcLiteConnection(), new HcConnection(), new IdentityConnection()];

    /// <summary>The connection that a configuration names, as a mode writes it.</summary>
    /// <exception cref="PipelineException">There is none of that name, or the mode's operators do not compute it.</exception>
    public static IConnection For(ModelConfig config, ExportMode mode)
    {
        if (mode != ExportMode.Fused || For(config) is not StreamConnection streams)
            return For(config);
        if (!MhcOperators.Connections.Contains(streams.Name))
            throw new PipelineException($"config.json: hc_connection is {streams.Name}, which the operators of mode fused do not compute; export it in mode standard.");
        return new FusedConnection(streams);
    }

    /// <summary>The connection that a configuration names, of standard operators.</summary>
    /// <exception cref="PipelineException">There is none of that name.</exception>
    public static IConnection For(ModelConfig config) =>
        _all.FirstOrDefault(connection => connection.Name == config.Connection)
        ?? throw new PipelineException($"config.json: hc_connection is {config.Connection}, which cannot be exported; it can be {string.Join(", ", _all.Select(connection => connection.Name))}.");
}
