using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>Launches of which one has a block, 16 bytes of shared memory or an argument less.</summary>
/// <param name="launch">Its number; -1 for none.</param>
/// <param name="lack">One of <see cref="Lacks"/>.</param>
internal sealed class LackingLauncher(int launch, string lack) : ILauncher
{
    private const string Block = "block", Shared = "shared memory", Argument = "argument";

    private readonly HostLauncher _launcher = new(lastFirst: false);

    private LackingLauncher()
        : this(-1, "")
    {
    }

    /// <summary>What a launch may lack.</summary>
    public static IReadOnlyList<string> Lacks { get; } = [Block, Shared, Argument];

    private int Count { get; set; }

    /// <summary>Whether the launch has less: where there is no shared memory there is none to take.</summary>
    private bool HasLess { get; set; }

    private string Kernel { get; set; } = "";

    /// <summary>The launches of a run that pass although they lack something; there must be none.</summary>
    /// <param name="run">Runs by a launcher; whether what it gives is found wrong.</param>
    public static IReadOnlyList<string> Passed(Func<ILauncher, bool> run)
    {
        var whole = new LackingLauncher();
        if (run(whole))
            return ["launches that lack nothing do not pass"];
        List<string> passed = [];
        for (int launch = 0; launch < whole.Count; launch++)
            foreach (string lack in Lacks)
            {
                var launcher = new LackingLauncher(launch, lack);
                if (!run(launcher) && launcher.HasLess)
                    passed.Add($"{launcher.Kernel} without its last {lack}");
            }
        return passed;
    }

    public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        if (Count++ == launch)
        {
            Kernel = kernel;
            HasLess = lack != Shared || shape.SharedBytes > 0;
            switch (lack)
            {
                case Block:
                    shape = shape with { GridX = shape.GridX - 1 };
                    break;
                case Shared:
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
