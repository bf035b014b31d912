using MhcPipeline.Architecture.Tests.Examples.Used;

namespace MhcPipeline.Architecture.Tests.Examples.Users;

internal sealed unsafe class InFunctionPointer
{
    public static bool Of(delegate*<Thing, void> function) => function is not null;
}
