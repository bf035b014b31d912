namespace MhcPipeline.Architecture.Tests.Examples.Users;

internal sealed class InNothing
{
    public static int Of(int value) => value + 1;
}
