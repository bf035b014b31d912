using MhcPipeline.Architecture.Tests.Examples.Used;

namespace MhcPipeline.Architecture.Tests.Examples.Users;

internal sealed unsafe class InFunctionPointer
{
    public delegate*<Thing, void> Function;
}
