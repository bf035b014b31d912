using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>
/// Compiled programs on disk, one file each, named by the SHA-256 of all that decides what the compiler makes. A file begins with the SHA-256 of the
/// rest: what a full disk or a crash has damaged is compiled again. Where the folder cannot be written, programs are compiled in every process.
/// </summary>
/// <param name="folder">Made when the first file is.</param>
/// <param name="bound">Bytes that the files may have together; beyond it those go that were not used for longest.</param>
public sealed class KernelCache(string folder, long bound = KernelCache.Bound)
{
    /// <summary>256 MiB: several hundred programs; one has 0.1 to 1 MB.</summary>
    public const long Bound = 256L << 20;

    /// <summary>Names another folder.</summary>
    public const string Variable = "MHC_CUDA_CACHE";

    private const string Ending = ".kernels";

    private readonly Lock _lock = new();

    /// <summary>What MHC_CUDA_CACHE names, else mhc-pipeline/cuda in the user's cache: XDG_CACHE_HOME or ~/.cache, on Windows the local application data.</summary>
    public static string Folder(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment(Variable) is { Length: > 0 } named)
            return named;
        string user = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : environment("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(user, "mhc-pipeline", "cuda");
    }

    /// <summary>A file's name for all that decides what the compiler makes.</summary>
    public static string Key(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (string part in parts)
        {
            byte[] text = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            hash.AppendData(length);
            hash.AppendData(text);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What is kept under the key, or what <paramref name="compile"/> makes, which is kept from then on.</summary>
    public byte[] Get(string key, Func<byte[]> compile)
    {
        ArgumentNullException.ThrowIfNull(compile);
        string path = Path.Combine(folder, key + Ending);
        lock (_lock)
        {
            if (Read(path) is { } kept)
                return kept;
            byte[] image = compile();
            Keep(path, image);
            return image;
        }
    }

    private static byte[]? Read(string path)
    {
        try
        {
            byte[] file = File.ReadAllBytes(path);
            if (file.Length <= SHA256.HashSizeInBytes || !SHA256.HashData(file.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(file.AsSpan(0, SHA256.HashSizeInBytes)))
                return null;
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return file[SHA256.HashSizeInBytes..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Keep(string path, byte[] image)
    {
        try
        {
            AtomicFile.Write(path, stream =>
            {
                stream.Write(SHA256.HashData(image));
                stream.Write(image);
            });
            Trim(path);
        }
        catch (Exception e) when (e is PipelineException or IOException or UnauthorizedAccessException)
        {
            // The program runs without the file; the next process compiles again.
        }
    }

    /// <summary>Also takes what a process that died has left half-written: such a file is soon the one not used for longest.</summary>
    private void Trim(string newest)
    {
        long total = 0;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles($"*{Ending}*").OrderByDescending(file => file.FullName == Path.GetFullPath(newest)).ThenByDescending(file => file.LastWriteTimeUtc))
        {
            total += file.Length;
            if (total > bound && file.FullName != Path.GetFullPath(newest))
                file.Delete();
        }
    }
}
