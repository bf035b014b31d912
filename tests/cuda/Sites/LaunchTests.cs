using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>Launches with a block, shared memory or an argument less must not pass: grids and sizes are neither too small nor much too large.</summary>
public sealed class LaunchTests
{
    [HostTheory]
    [InlineData(CudaStreamType.BFloat16, 128)] // whole blocks of columns: where warps have none, they do not use their memory
    [InlineData(CudaStreamType.Float32, 37)]
    public void A_launch_that_lacks_something_fails(CudaStreamType type, int width)
    {
        MhcOptions options = Connections.Options(2);
        SiteCase Site() => new(new MhcMap(options), options, new(140, 2, width), type, CudaSiteSource.Mixes, blocks: 2);
        var whole = new LackingLauncher(_ => { });
        Site().Run(whole);

        var passed = new List<string>();
        for (int launch = 0; launch < whole.Count; launch++)
            foreach (string lack in (string[])["block", "shared memory", "argument"])
            {
                var launcher = new LackingLauncher(change => change.Lack(launch, lack));
                SiteCase site = Site();
                try
                {
                    site.Compare(site.Run(launcher));
                }
                catch (KernelFailureException)
                {
                    continue;
                }
                if (launcher.Lacks && site.Errors.TrueForAll(error => error.Fits))
                    passed.Add($"{launcher.Kernel} without its last {lack}");
            }

        Assert.Empty(passed);
    }

    private sealed class LackingLauncher : ILauncher
    {
        private readonly HostLauncher _launcher = new(lastFirst: false);
        private int _launch = -1;
        private string _lack = "";

        public LackingLauncher(Action<LackingLauncher> change) => change(this);

        public int Count { get; private set; }

        public bool Lacks { get; private set; }

        public string Kernel { get; private set; } = "";

        public void Lack(int launch, string lack) => (_launch, _lack) = (launch, lack);

        public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
        {
            if (Count++ == _launch)
            {
                Kernel = kernel;
                (LaunchShape less, int count) = _lack switch
                {
                    "block" => (shape with { GridX = shape.GridX - 1 }, arguments.Length),
                    "shared memory" => (shape with { SharedBytes = shape.SharedBytes == 0 ? 0 : shape.SharedBytes - 16 }, arguments.Length),
                    _ => (shape, arguments.Length - 1),
                };
                Lacks = less != shape || count != arguments.Length;
                shape = less;
                arguments = arguments[..count];
            }
            _launcher.Launch(program, kernel, shape, arguments);
        }
    }
}
