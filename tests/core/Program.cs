using System.Globalization;
using MhcPipeline.Core.Tests.Kernels.Guards;

// Tests start this assembly as a program for what may end its process: `dotnet MhcPipeline.Core.Tests.dll GROUP LANES`. `dotnet test` does not come here.
if (args is not [string group, string lanes] || !GuardSweep.Groups.ContainsKey(group))
{
    Console.Error.WriteLine($"Usage: dotnet MhcPipeline.Core.Tests.dll {string.Join('|', GuardSweep.Groups.Keys)} LANES");
    return 2;
}
using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
return GuardSweep.Run(group, int.Parse(lanes, CultureInfo.InvariantCulture), output);
