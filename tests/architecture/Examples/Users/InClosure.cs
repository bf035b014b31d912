using MhcPipeline.Architecture.Tests.Examples.Used;

namespace MhcPipeline.Architecture.Tests.Examples.Users;

internal sealed class InClosure
{
    public static Func<int> Of(int more) => () => more + Thing.Count;
}
