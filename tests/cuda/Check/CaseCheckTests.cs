using MhcPipeline.Cuda.Tests.Compile;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.Fixtures;
using MhcPipeline.GpuCheck.Checks;
using MhcPipeline.Ptx;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>The short checks of sublayers, optimizers and blocks of sites on the CPU: right kernels pass, and one that does not run is noticed.</summary>
public sealed class CaseCheckTests
{
    private readonly CpuMemory _memory = new();

    public static TheoryData<string> Short { get; } =
        [.. KernelChecks.All.Where(check => check.Short && check is not SiteCheck).Select(check => check.Name)];

    [HostTheory]
    [MemberData(nameof(Short))]
    public void Right_kernels_pass_and_every_kernel_that_does_not_run_is_noticed(string name)
    {
        IKernelCheck check = KernelChecks.All.Single(check => check.Name == name);
        HostLauncher all = new(lastFirst: false);

        Assert.Empty(check.Run(all, _memory, SiteCase.LargeDevice, seed: 3));
        Assert.NotEmpty(all.Launched);
        Assert.All(all.Launched.Select(launch => launch.Kernel).Distinct(StringComparer.Ordinal), kernel =>
            Assert.NotEmpty(check.Run(new FilteringLauncher(launched => launched != kernel), _memory, SiteCase.LargeDevice, seed: 3)));
        Assert.Equal(0, _memory.Taken);
    }

    [HostTheory]
    [InlineData("SwiGLU, Float32, 9 tokens of 267")]
    [InlineData("streams of 5 sites, n 4, BFloat16, 9 tokens of 160")]
    public void Another_run_that_gives_other_bits_is_noticed(string name)
    {
        IKernelCheck check = KernelChecks.All.Single(check => check.Name == name);
        HostLauncher all = new(lastFirst: false);
        check.Run(all, _memory, SiteCase.LargeDevice, seed: 1);
        int launches = 0, second = name.StartsWith("streams", StringComparison.Ordinal) ? 2 : all.Launched.Count;

        // The second run's launch, or its last one, is left out.
        Assert.Contains("a second run gives other bits", check.Run(new FilteringLauncher(_ => ++launches != second), _memory, SiteCase.LargeDevice, seed: 1));
    }

    [Fact]
    public void Every_program_that_the_library_is_built_with_has_a_short_check()
    {
        RecordingLauncher launcher = new();
        foreach (IKernelCheck check in KernelChecks.All.Where(check => check.Short))
            check.Run(launcher, _memory, SiteCase.LargeDevice, seed: 1); // finds everything wrong, as nothing runs

        Assert.Empty(UsualPrograms.All.Select(program => program.Name).Except(launcher.Programs.Select(recorded => recorded.Program.Name), StringComparer.Ordinal));
    }
}
