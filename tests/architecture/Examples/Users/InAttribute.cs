using MhcPipeline.Architecture.Tests.Examples.Used;

namespace MhcPipeline.Architecture.Tests.Examples.Users;

[Thing]
internal sealed class InAttribute;
