using MhcPipeline.Architecture.Tests.Examples.Used;

namespace MhcPipeline.Architecture.Tests.Examples.Users;

internal sealed class InIterator
{
    public static IEnumerable<int> Of()
    {
        yield return Thing.Count;
    }
}
