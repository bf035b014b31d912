namespace MhcPipeline.Export.Calibration;

/// <summary>Whether errors of folds are measured on the calibration set. It takes a copy of the weights beside the export, and several runs of the model.</summary>
public enum CalibrationChoice
{
    /// <summary>For models of at most 1 GiB in float32.</summary>
    Auto,

    /// <summary>For models of any size.</summary>
    Always,

    /// <summary>Not at all.</summary>
    Never,
}
