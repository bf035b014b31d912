using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Core.Kernels.Sublayers;

// mhc-ptx FILE: compiles to PTX what models of four streams with mhc are trained and served with; the library's next build takes the file in.
const int streams = 4;
var options = new MhcOptions(streams, 20, 1e-6, 1e-6); // programs do not depend on the constants
SiteMap map = new MhcMap(options), head = new HeadMap(options);
CudaProgram[] programs =
[
    CudaSitePrograms.Fast(map, CudaSiteSource.Embedding), CudaSitePrograms.Fast(map, CudaSiteSource.Mixes), CudaSitePrograms.Fast(head, CudaSiteSource.Mixes),
    .. Enum.GetValues<CudaStreamType>().SelectMany(type => (CudaProgram[])[CudaSitePrograms.Plain(map, type), CudaSitePrograms.Plain(head, type)]),
    .. Enum.GetValues<CudaElement>().SelectMany(type => (CudaProgram[])[
        CudaSublayerPrograms.RmsNorm(type, CudaElement.Float32), CudaSublayerPrograms.SwiGlu(type), CudaSublayerPrograms.CrossEntropy(type)]),
    CudaSublayerPrograms.RmsNorm(CudaElement.BFloat16, CudaElement.BFloat16),
    CudaOptimizerPrograms.AdamW, CudaOptimizerPrograms.GradientNorm, CudaOptimizerPrograms.Muon,
];

try
{
    Nvrtc nvrtc = NvrtcSearch.Here().Any();
    int compiled = PtxArchive.Write(args[0], nvrtc, programs);
    if (compiled > 0)
        Console.WriteLine($"{args[0]}: {compiled} of {programs.Length} CUDA programs compiled by {nvrtc}, {new FileInfo(args[0]).Length >> 10} KB");
    return 0;
}
catch (PipelineException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
