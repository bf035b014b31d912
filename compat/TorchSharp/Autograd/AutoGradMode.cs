using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>Switches the recording of gradients on this thread until it is disposed.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly bool _previous;

    public AutoGradMode(bool enabled)
    {
        _previous = IsEnabled;
        Native.shim_set_grad_enabled(enabled ? 1 : 0);
    }

    public static bool IsEnabled => Native.shim_grad_enabled() != 0;

    public void Dispose() => Native.shim_set_grad_enabled(_previous ? 1 : 0);
}
