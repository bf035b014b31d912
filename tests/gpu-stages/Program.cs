using System.Globalization;
using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Core.Programs;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export.Weights;
using MhcPipeline.GpuCheck.Stages;
using TorchSharp;

// mhc-gpu-stages training|decoding --gpu N --device-name NAME: started by mhc-gpu-check, which reads the lines. One process a stage, since libtorch
// and ONNX Runtime want different CUDA libraries.
if (args is not ["training" or "decoding", "--gpu", _, "--device-name", _] || !int.TryParse(args[2], CultureInfo.InvariantCulture, out int gpu))
{
    Console.Error.WriteLine("Usage: mhc-gpu-stages training|decoding --gpu N --device-name NAME");
    return ExitCode.WrongUsage;
}
const int decoded = 256;
StageLines lines = new(Console.WriteLine);
if (args[0] == "decoding")
    return Try("decoding", () => new DecodingStage(new EngineOptions { Slots = 1, UseCuda = true, CudaDevice = gpu }, ExportPrecision.Float16, lines).Measure(DecodingStage.Usual, decoded));
if (!torch.cuda.is_available())
{
    lines.Note("this build has libtorch for the CPU: build with MHC_CUDA=true");
    return ExitCode.Done;
}
double? peak = DensePeak.Of(args[4]);
if (peak is null)
    lines.Note($"no utilisation: what {args[4]} computes at most is not in DensePeak");
var stage = new TrainingStage(new torch.Device(DeviceType.CUDA, gpu), peak, lines);
return TrainedModel.All.Max(model => Try(model.Name, () => stage.Measure(model)));

// What fails is a note, for instance too little memory: the next model may do.
int Try(string what, Action measure)
{
    try
    {
        measure();
        return ExitCode.Done;
    }
    catch (Exception e) when (e is PipelineException or ExternalException)
    {
        lines.Note($"{what}: {e.Message.ReplaceLineEndings(" ")}");
        return ExitCode.Failed;
    }
}
