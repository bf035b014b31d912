using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using MhcPipeline.Core;

namespace MhcPipeline.Train.Data;

/// <summary>A file of little-endian numbers, mapped read-only: the page cache holds what is used, not this process.</summary>
internal sealed unsafe class MappedArray<T> : IDisposable
    where T : unmanaged
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly T* _first;

    internal MappedArray(string path)
    {
        try
        {
            Length = new FileInfo(path).Length / sizeof(T);
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _file?.Dispose();
            throw new PipelineException($"{path} cannot be mapped into memory: {e.Message} Delete its folder and prepare the data again.", e);
        }
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _first = (T*)(pointer + _view.PointerOffset);
    }

    /// <summary>How many numbers.</summary>
    internal long Length { get; }

    internal T this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Length, nameof(index));
            return Unsafe.ReadUnaligned<T>(_first + index);
        }
    }

    internal ReadOnlySpan<T> Span(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Length, nameof(count));
        return new ReadOnlySpan<T>(_first + start, count);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
