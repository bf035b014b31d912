using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    private static readonly Operator _arange = new("arange", "start_step");
    private static readonly Operator _linspace = new("linspace");
    private static readonly Operator _eye = new("eye", "m");

    /// <summary>start, start + step, ... below stop; Int64 where all three are integers.</summary>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        bool whole = is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type);
        var type = dtype ?? (whole ? ScalarType.Int64 : get_default_dtype());
        return Finish(_arange.Call(start, stop, step, type, Strided, InitializeDevice(device)), requires_grad, null);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(_linspace.Call(start, end, steps, dtype ?? get_default_dtype(), Strided, InitializeDevice(device)), requires_grad, null);

    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(_eye.Call(rows, columns == -1 ? rows : columns, dtype ?? get_default_dtype(), Strided, InitializeDevice(device)), requires_grad, names);
}
