using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Cases;

public sealed class ScheduleTests
{
    [HostTheory]
    [MemberData(nameof(KernelCases.Names), MemberType = typeof(KernelCases))]
    public void Kernels_give_the_CPU_s_numbers_and_the_same_bits_in_both_schedules(string name)
    {
        KernelCase first = KernelCases.Of(name), last = KernelCases.Of(name);
        first.Run(new HostLauncher(lastFirst: false));
        last.Run(new HostLauncher(lastFirst: true));

        Assert.Empty(first.Wrong);
        Assert.Empty(last.Wrong);
        Assert.Equal(first.Written, last.Written);
    }
}
