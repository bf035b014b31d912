using MhcPipeline.Architecture.Tests.Examples.Used;

namespace MhcPipeline.Architecture.Tests.Examples.Users;

internal sealed class InLocalVariable
{
    public static bool Of(object value)
    {
        var thing = value as Thing;
        return thing is not null;
    }
}
