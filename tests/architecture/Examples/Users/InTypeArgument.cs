using MhcPipeline.Architecture.Tests.Examples.Used;

namespace MhcPipeline.Architecture.Tests.Examples.Users;

internal sealed class InTypeArgument
{
    public static object Of() => new List<Thing[]>();
}
