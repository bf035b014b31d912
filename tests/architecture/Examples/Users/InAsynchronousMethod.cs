using MhcPipeline.Architecture.Tests.Examples.Used;

namespace MhcPipeline.Architecture.Tests.Examples.Users;

internal sealed class InAsynchronousMethod
{
    public static async Task<int> Of(Task<int> other) => await other + Thing.Count;
}
