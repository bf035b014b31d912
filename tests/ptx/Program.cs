using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Ptx;

// mhc-ptx FILE: compiles the usual programs to PTX; the library's next build takes the file in.
try
{
    Nvrtc nvrtc = NvrtcSearch.Here().Any();
    int compiled = PtxArchive.Write(args[0], nvrtc, UsualPrograms.All);
    if (compiled > 0)
        Console.WriteLine($"{args[0]}: {compiled} of {UsualPrograms.All.Count} CUDA programs compiled by {nvrtc}, {new FileInfo(args[0]).Length >> 10} KB");
    return 0;
}
catch (PipelineException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
