using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Safetensors;

/// <summary>
/// A memory-mapped safetensors file (https://github.com/huggingface/safetensors): opening it reads the header only;
/// a tensor's pages are read when they are touched. Thread-safe until disposed.
/// </summary>
public sealed unsafe class SafetensorsFile : ITensorSource
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafetensorsHeader _header;
    private byte* _start;

    private SafetensorsFile(string path, MemoryMappedFile map, MemoryMappedViewAccessor view, long length)
    {
        Path = path;
        (_map, _view) = (map, view);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
        try
        {
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(_start, 8));
            if (size > (ulong)Math.Min(length - 8, SafetensorsHeader.LargestHeader))
                throw SafetensorsHeader.Malformed(path, $"its header claims {size} bytes, but the file has {length} (and a header at most {SafetensorsHeader.LargestHeader})");
            byte[] json = new ReadOnlySpan<byte>(_start + 8, (int)size).ToArray();
            _header = SafetensorsHeader.Parse(path, json, dataStart: 8 + (long)size, length);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _header.Tensors;

    /// <summary>The header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="PipelineException">The file is missing or malformed.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            long length = stream.Length;
            if (length < 8)
                throw SafetensorsHeader.Malformed(path, $"it has {length} bytes");
            MemoryMappedFile map = MemoryMappedFile.CreateFromFile(stream, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new SafetensorsFile(path, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public TensorInfo Tensor(string name) =>
        Tensors.TryGetValue(name, out TensorInfo? tensor) ? tensor : throw new PipelineException($"{Path} has no tensor {name}.");

    /// <summary>A tensor's bytes, little-endian, row-major, in the mapped file. Valid until the file is disposed.</summary>
    /// <exception cref="PipelineException">The file has no such tensor, or it is larger than a span (2 GB): use <see cref="CopyTo"/>.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        TensorInfo tensor = Tensor(name);
        if (tensor.Length > int.MaxValue)
            throw new PipelineException($"{Path}: tensor {name} has {tensor.Length} bytes, more than can be read at once.");
        return new ReadOnlySpan<byte>(_start + tensor.Offset, (int)tensor.Length);
    }

    /// <inheritdoc/>
    public void CopyTo(string name, Stream destination)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        TensorInfo tensor = Tensor(name);
        for (long done = 0; done < tensor.Length;)
        {
            int step = (int)Math.Min(1 << 20, tensor.Length - done);
            destination.Write(new ReadOnlySpan<byte>(_start + tensor.Offset + done, step));
            done += step;
        }
    }

    /// <inheritdoc/>
    public float[] ReadFloat32(string name)
    {
        var values = new float[Tensor(name).Count];
        ReadFloat32(name, 0, values);
        return values;
    }

    /// <inheritdoc/>
    public void ReadFloat32(string name, long first, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        TensorInfo tensor = Tensor(name);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + destination.Length, tensor.Count, nameof(first));
        byte* start = _start + tensor.Offset;
        switch (tensor.Type)
        {
            case TensorType.F32:
                new ReadOnlySpan<byte>(start + (sizeof(float) * first), destination.Length * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case TensorType.F16:
            case TensorType.BF16:
                var bytes = new ReadOnlySpan<byte>(start + (sizeof(ushort) * first), destination.Length * sizeof(ushort));
                for (int i = 0; i < destination.Length; i++)
                {
                    ushort bits = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(sizeof(ushort) * i)..]);
                    destination[i] = tensor.Type == TensorType.BF16 ? BitConverter.UInt32BitsToSingle((uint)bits << 16) : (float)BitConverter.UInt16BitsToHalf(bits);
                }
                break;
            default:
                throw new PipelineException($"{Path}: tensor {name} holds {tensor.Type}, where floating-point numbers are needed.");
        }
    }

    /// <summary>An I64 tensor's elements.</summary>
    /// <exception cref="PipelineException">The file has no such tensor, or it is not I64.</exception>
    public long[] ReadInt64(string name)
    {
        TensorInfo tensor = Tensor(name);
        if (tensor.Type != TensorType.I64)
            throw new PipelineException($"{Path}: tensor {name} holds {tensor.Type}, where I64 is needed.");
        return MemoryMarshal.Cast<byte, long>(Bytes(name)).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_start == null)
            return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
