using MhcPipeline.Core.Kernels.Simd;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

/// <summary>What this machine would be without its widest vectors.</summary>
internal static class NarrowMachine
{
    /// <summary>Lanes of the widest vectors left, and the runtime's switch that takes the others away when it is 0.</summary>
    public static TheoryData<int, string> All
    {
        get
        {
            var machines = new TheoryData<int, string>();
            foreach ((int lanes, string name) in new[] { (8, "DOTNET_EnableAVX512"), (4, "DOTNET_EnableAVX") })
                if (lanes < Machine.Lanes)
                    machines.Add(lanes, name);
            return machines;
        }
    }
}
