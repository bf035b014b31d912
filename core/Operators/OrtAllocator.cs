namespace MhcPipeline.Core.Operators;

/// <summary>ONNX Runtime's memory of a provider: an arena that grows to what a run needs and keeps it.</summary>
internal sealed class OrtAllocator(OrtApi api, nint handle) : IDisposable
{
    /// <summary>The number of the provider's device.</summary>
    public int Device { get; } = api.AllocatorDevice(handle);

    /// <summary>Takes memory; 0 where none is asked for.</summary>
    /// <exception cref="PipelineException">There is not enough.</exception>
    public nint Take(long bytes) => bytes == 0 ? 0 : api.Allocate(handle, (nuint)bytes);

    /// <summary>Gives memory back.</summary>
    public void GiveBack(nint address)
    {
        if (address != 0)
            api.Free(handle, address);
    }

    /// <inheritdoc/>
    public void Dispose() => api.ReleaseAllocator(handle);
}
