using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Cases;

/// <summary>Launches with a block, shared memory or an argument less must not pass: grids and sizes are neither too small nor much too large.</summary>
public sealed class LaunchTests
{
    [HostTheory]
    [MemberData(nameof(KernelCases.Names), MemberType = typeof(KernelCases))]
    public void A_launch_that_lacks_something_fails(string name)
    {
        var whole = new LackingLauncher(-1, "");
        KernelCases.Of(name).Run(whole);

        var passed = new List<string>();
        for (int launch = 0; launch < whole.Count; launch++)
            foreach (string lack in (string[])["block", "shared memory", "argument"])
            {
                var launcher = new LackingLauncher(launch, lack);
                if (!KernelCases.Of(name).Fails(launcher) && launcher.Lacks)
                    passed.Add($"{launcher.Kernel} without its last {lack}");
            }

        Assert.Empty(passed);
    }

    private sealed class LackingLauncher(int launch, string lack) : ILauncher
    {
        private readonly HostLauncher _launcher = new(lastFirst: false);

        public int Count { get; private set; }

        public bool Lacks { get; private set; }

        public string Kernel { get; private set; } = "";

        public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
        {
            if (Count++ == launch)
            {
                Kernel = kernel;
                Lacks = lack != "shared memory" || shape.SharedBytes > 0;
                switch (lack)
                {
                    case "block":
                        shape = shape with { GridX = shape.GridX - 1 };
                        break;
                    case "shared memory":
                        shape = shape with { SharedBytes = Math.Max(0, shape.SharedBytes - 16) };
                        break;
                    default:
                        arguments = arguments[..^1];
                        break;
                }
            }
            _launcher.Launch(program, kernel, shape, arguments);
        }
    }
}
