using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Train.Training;

/// <summary>What a checkpoint knows about its run beside the tensors.</summary>
public sealed record RunState
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // the best loss starts at infinity
    };

    /// <summary>Steps taken. Also the data position: batches are a function of data, seed and number.</summary>
    public long Step { get; init; }

    /// <summary>Time spent training, all sessions together, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Tokens seen, padding excluded.</summary>
    public long Tokens { get; init; }

    /// <summary>Lowest validation loss so far, in nats a token.</summary>
    public double BestLoss { get; init; } = double.PositiveInfinity;

    /// <summary>The step that had it.</summary>
    public long BestStep { get; init; }

    /// <summary>Steps that the schedule was made for.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Time budget of the whole run in seconds; null when only steps count.</summary>
    public double? BudgetSeconds { get; init; }

    /// <summary>True when the run has reached its end.</summary>
    public bool Finished { get; init; }

    /// <summary>What the run was begun with; a resumed run must agree.</summary>
    public required RunIdentity Identity { get; init; }

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, _json);

    /// <summary>From JSON.</summary>
    /// <exception cref="JsonException">It is not a state.</exception>
    public static RunState? FromJson(string json) => JsonSerializer.Deserialize<RunState>(json, _json);
}
