using System.Globalization;
using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Model;
using MhcPipeline.Engine.Operators;
using MhcPipeline.Export;
using MhcPipeline.Export.Weights;
using MhcPipeline.Serve.Tests.Fixtures;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

/// <summary>
/// Steps on a device, which here is other memory of the CPU's under ONNX Runtime's CPU provider: what is carried over, where it lies and which CUDA graph a
/// run names are what they are on a GPU.
/// </summary>
public sealed class StepDeviceTests
{
    private const int Slots = 4;

    [Theory]
    [InlineData(ExportPrecision.Float32, 16)]
    [InlineData(ExportPrecision.Float32, 3)] // prompts in pieces, and more logits than slots
    [InlineData(ExportPrecision.Float16, 16)]
    public void A_device_gives_the_CPUs_logits_bit_by_bit(ExportPrecision precision, int chunk)
    {
        using var scratch = new ScratchFolder();
        RunFolder run = Export(scratch, precision);
        var memory = new HostMemory();
        EngineOptions options = new() { Slots = Slots, PrefillChunk = chunk, Threads = 1 };
        using (var plain = new OnnxLanguageModel(run.OnnxModel, TinyRun.Config, options))
        using (var device = new OnnxLanguageModel(run.OnnxModel, TinyRun.Config, options, new StepDevice(memory, StepDevice.Cpu, 0) { CapturesGraphs = true }))
        {
            Assert.Equal(Logits(plain, chunk), Logits(device, chunk));
            Assert.Equal(0, memory.Races);
        }
        Assert.Equal(0, memory.Taken);
    }

    [Fact]
    public void A_step_carries_its_tokens_and_a_one_for_each_row_and_nothing_changes_its_place()
    {
        using var scratch = new ScratchFolder();
        RunFolder run = Export(scratch, ExportPrecision.Float32);
        var memory = new HostMemory();
        using var model = new OnnxLanguageModel(run.OnnxModel, TinyRun.Config, new EngineOptions { Slots = Slots, Threads = 1 }, new StepDevice(memory, StepDevice.Cpu, 0) { CapturesGraphs = true });
        int[] pasts = [5, 5, 5, 5];
        for (int slot = 0; slot < Slots; slot++)
        {
            model.Prefill(slot, 0, [1, 2, 3, 4, 5], allLogits: false);
        }
        Step();
        int allocations = memory.Allocations;
        memory.Written.Clear();
        memory.ReadFrom.Clear();
        memory.BytesWritten = 0;
        Step();
        Assert.Equal(Slots * 2 * sizeof(long), memory.BytesWritten);
        Assert.Equal(Slots + 1, memory.Written.Count); // the tokens, and a one in each row
        HashSet<nint> written = [.. memory.Written], read = [.. memory.ReadFrom];

        memory.Written.Clear();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        // All but the bytes of the fixture's own lists: nothing is bound again, so there is no tensor to make.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Single(written.Intersect(memory.Written)); // the tokens; the ones of the mask each move on by one
        Assert.Equal(Slots, written.Count(address => memory.Written.Contains(address + sizeof(long))));
        Assert.Equal(written.Count, memory.Written.Count);
        Assert.Equal(read, memory.ReadFrom);
        Assert.Equal(allocations, memory.Allocations);

        void Step()
        {
            model.Decode([1, 2, 3, 4], pasts);
            for (int slot = 0; slot < Slots; slot++)
            {
                pasts[slot]++;
            }
        }
    }

    [Fact]
    public void A_decode_step_names_the_graph_of_its_rows_and_a_prompt_none()
    {
        using var scratch = new ScratchFolder();
        RunFolder run = Export(scratch, ExportPrecision.Float32);
        using OnnxLanguageModel captures = Load(true), runs = Load(false);

        Assert.Equal(["1", "2", "3", "4"], Enumerable.Range(1, Slots).Select(rows => Graph(captures.DecodeStep(rows))));
        Assert.Equal(["-1", "-1", "-1", "-1"], Enumerable.Range(0, Slots).Select(slot => Graph(captures.PrefillStep(slot))));
        Assert.Same(captures.DecodeStep(2), captures.DecodeStep(2));
        Assert.Null(Graph(runs.DecodeStep(1)));
        Assert.Null(Graph(runs.PrefillStep(0)));

        OnnxLanguageModel Load(bool graphs) =>
            new(run.OnnxModel, TinyRun.Config, new EngineOptions { Slots = Slots, Threads = 1 }, new StepDevice(new HostMemory(), StepDevice.Cpu, 0) { CapturesGraphs = graphs });

        static string? Graph(BoundStep step) => ConfigEntry(step.Options, "gpu_graph_id"u8);
    }

    [Fact]
    public void Where_graphs_are_refused_a_line_says_so_and_the_model_runs_without()
    {
        using var scratch = new ScratchFolder();
        RunFolder run = Export(scratch, ExportPrecision.Float32);
        List<string> lines = [];
        List<bool> opened = [];

        // ONNX Runtime's error about a missing file has the file's name in it: that of a refusal.
        (InferenceSession session, bool captures) = GraphCapture.Open(Open, lines.Add);
        session.Dispose();

        Assert.False(captures);
        Assert.Equal([true, false], opened);
        Assert.StartsWith("Decode steps run without CUDA graphs", Assert.Single(lines), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', lines[0]);
        Assert.Throws<OnnxRuntimeException>(() => GraphCapture.Open(_ => new InferenceSession("missing.onnx"), lines.Add));
        Assert.Single(lines);

        InferenceSession Open(bool capture)
        {
            opened.Add(capture);
            return new InferenceSession(capture ? "This session cannot use the graph capture feature.onnx" : run.OnnxModel);
        }
    }

    [Fact]
    public void A_GPU_that_there_is_not_is_told_in_one_line()
    {
        using var scratch = new ScratchFolder();
        RunFolder run = Export(scratch, ExportPrecision.Float32);
        const int none = 99; // on a machine with GPUs as well
        foreach (bool graphs in (bool[])[true, false])
        {
            string message = Assert.Throws<PipelineException>(() => new OnnxLanguageModel(run.OnnxModel, TinyRun.Config, new EngineOptions { UseCuda = true, CudaDevice = none, CudaGraph = graphs })).Message;
            Assert.Contains(none.ToString(CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
            Assert.Contains("Run without the GPU", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    // The managed API sets entries and does not tell them; the C API does: GetRunConfigEntry, function 373 of OrtApi.
    private static unsafe string? ConfigEntry(RunOptions options, ReadOnlySpan<byte> key)
    {
        const uint version = 31;
        const int getRunConfigEntry = 373;
        nint* api = ((delegate* unmanaged<uint, nint*>)((nint*)SessionOperators.ApiBase)[0])(version);
        fixed (byte* name = key)
        {
            nint value = ((delegate* unmanaged<nint, byte*, nint>)api[getRunConfigEntry])(options.DangerousGetHandle(), name);
            return Marshal.PtrToStringUTF8(value);
        }
    }

    private static RunFolder Export(ScratchFolder scratch, ExportPrecision precision)
    {
        TinyRun.Write(scratch.Path, TinyRun.Config, new ExportOptions { Precision = precision });
        return new RunFolder(scratch.Path);
    }

    // Three texts side by side with a prefix copied, two exchanged, one that starts anew, and prompts of which every token's logits are asked.
    private static List<float> Logits(OnnxLanguageModel model, int chunk)
    {
        List<float> logits = [];
        int[] pasts = [0, 0, 0];
        Read(0, [5, 6, 7, 8, 9, 10, 11], all: true);
        Read(1, [20, 21, 22, 23], all: false);
        model.Copy(0, 2, 4);
        pasts[2] = 4;
        Read(2, [30], all: false);
        for (int step = 0; step < 12; step++)
        {
            int rows = 1 + (step % 3);
            logits.AddRange(model.Decode([.. Enumerable.Range(0, rows).Select(row => 40 + (7 * row) + step)], pasts[..rows]));
            for (int row = 0; row < rows; row++)
            {
                pasts[row]++;
            }
            if (step == 5)
            {
                model.Swap(0, 1, Math.Max(pasts[0], pasts[1]));
                (pasts[0], pasts[1]) = (pasts[1], pasts[0]);
            }
            if (step == 8)
            {
                pasts[1] = 0;
                Read(1, [50, 51, 52], all: true);
            }
        }
        Assert.DoesNotContain(logits, float.IsNaN);
        return logits;

        void Read(int slot, int[] tokens, bool all)
        {
            foreach (int[] piece in tokens.Chunk(chunk))
            {
                logits.AddRange(model.Prefill(slot, pasts[slot], piece, all));
                pasts[slot] += piece.Length;
            }
        }
    }
}
