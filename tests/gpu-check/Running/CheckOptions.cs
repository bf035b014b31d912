using System.Globalization;
using MhcPipeline.Core;

namespace MhcPipeline.GpuCheck.Running;

/// <summary>What a run is asked for.</summary>
internal sealed record CheckOptions
{
    /// <summary>How a run is asked.</summary>
    public const string Usage = """
        mhc-gpu-check checks every CUDA kernel on a GPU against the CPU and measures it. It needs a driver and NVRTC (MHC_NVRTC names it, if it is not found).

          --gpu N         the GPU's number, from 0
          --seed N        of random inputs; by default another each time, and printed
          --minutes M     time for all of it, 10 by default; Ctrl+C ends it, and what was measured is kept
          --out FILE      where the figures go as JSON: gpu-check.json
          --stages FILE   mhc-gpu-stages, which measures training and decoding of whole models

        Exit code: 0 all checks passed, or there is no CUDA device; 1 a check failed or kernels cannot run; 2 wrong usage. A missed target changes nothing.
        """;

    /// <summary>The GPU.</summary>
    public int Gpu { get; init; }

    /// <summary>Of random inputs.</summary>
    public int Seed { get; init; } = Environment.TickCount;

    /// <summary>Time for all of it.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Where the JSON goes.</summary>
    public string Out { get; init; } = "gpu-check.json";

    /// <summary>The program that measures stages; null where there is none.</summary>
    public string? Stages { get; init; }

    /// <summary>Set in a process that another has started: only the checks whose place in the list, divided by the parts, leaves this.</summary>
    public (int Number, int Of)? Part { get; init; }

    /// <summary>Only the short checks.</summary>
    public bool Short { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="PipelineException">It is not one.</exception>
    public static CheckOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new CheckOptions();
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            if (name == "--short")
            {
                options = options with { Short = true };
                continue;
            }
            if (name is not ("--gpu" or "--seed" or "--minutes" or "--out" or "--stages" or "--part"))
                throw new PipelineException($"There is no option {name}; --help tells which there are.");
            if (++i == arguments.Count)
                throw new PipelineException($"{name} needs a value.");
            string value = arguments[i];
            options = name switch
            {
                "--gpu" => options with { Gpu = Number(name, value) },
                "--seed" => options with { Seed = Number(name, value) },
                "--minutes" => options with { Time = Minutes(value) },
                "--out" => options with { Out = value },
                "--stages" => options with { Stages = value },
                _ => options with { Part = PartOf(value) },
            };
        }
        return options;
    }

    private static int Number(string name, string value) => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new PipelineException($"{name} is {value}; it must be a whole number.");

    private static TimeSpan Minutes(string value) => double.TryParse(value, CultureInfo.InvariantCulture, out double minutes) && minutes is > 0 and <= 1440
        ? TimeSpan.FromMinutes(minutes)
        : throw new PipelineException($"--minutes is {value}; it must be a number above 0 and up to 1440.");

    private static (int Number, int Of) PartOf(string value)
    {
        string[] numbers = value.Split('/');
        return numbers.Length == 2 && int.TryParse(numbers[0], CultureInfo.InvariantCulture, out int part) && int.TryParse(numbers[1], CultureInfo.InvariantCulture, out int of) && part >= 0 && part < of
            ? (part, of)
            : throw new PipelineException($"--part is {value}; it must be a number and how many parts there are, such as 0/4.");
    }
}
