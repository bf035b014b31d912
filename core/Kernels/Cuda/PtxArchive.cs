using System.IO.Compression;
using System.Reflection;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>
/// Programs that were compiled to PTX when the library was built, for machines without NVRTC: a zip file with an entry a program, named by the
/// program and by the key of its text, and NVRTC's version as its comment. A driver compiles PTX for its GPU when it loads it.
/// </summary>
public sealed class PtxArchive
{
    /// <summary>The oldest GPUs that kernels run on; PTX goes for all later ones.</summary>
    public static readonly CudaTarget Target = new("compute_80");

    private const string Resource = "Cuda/programs.zip";

    private static readonly Lazy<PtxArchive?> _embedded = new(Open);

    private readonly byte[] _zip;
    private readonly Dictionary<string, string> _entries;

    /// <param name="zip">As <see cref="Write"/> wrote it.</param>
    /// <exception cref="PipelineException">It is no such file.</exception>
    public PtxArchive(byte[] zip)
    {
        _zip = zip;
        try
        {
            using ZipArchive archive = Read();
            Compiler = Version.Parse(archive.Comment);
            _entries = archive.Entries.ToDictionary(entry => entry.FullName.Split('/')[0], entry => entry.FullName, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or FormatException)
        {
            throw new PipelineException($"The file of compiled CUDA programs is damaged ({e.Message}): make it again with `make ptx`.", e);
        }
    }

    /// <summary>What the library was built with; null where no NVRTC was at hand then.</summary>
    public static PtxArchive? Embedded => _embedded.Value;

    /// <summary>The CUDA version of the NVRTC that compiled; drivers from it on take the programs.</summary>
    public Version Compiler { get; }

    /// <summary>The names of its programs.</summary>
    public IReadOnlyCollection<string> Programs => _entries.Keys;

    /// <summary>A program's PTX.</summary>
    /// <param name="name">The program's.</param>
    /// <param name="text">Its text now.</param>
    /// <exception cref="PipelineException">It is not there, or was compiled from another text.</exception>
    public byte[] Get(string name, string text)
    {
        if (!_entries.TryGetValue(name, out string? entry))
            throw new PipelineException($"CUDA program {name} is not among the {_entries.Count} that were compiled when the library was built, and there is no NVRTC to compile it: {NvrtcSearch.Advice}.");
        return Get(entry, name, text) ?? throw new PipelineException(
            $"CUDA program {name} was compiled from another text when the library was built, and there is no NVRTC to compile it: build again with NVRTC at hand, or {NvrtcSearch.Advice}.");
    }

    /// <summary>Compiles programs into a file; those that are in it already with the same text are kept, and a file with nothing to change is left alone.</summary>
    /// <param name="path">The file; what is there and no such archive is written anew.</param>
    /// <param name="nvrtc">The compiler.</param>
    /// <param name="programs">All that the file will have.</param>
    /// <returns>How many were compiled.</returns>
    public static int Write(string path, Nvrtc nvrtc, IReadOnlyList<CudaProgram> programs)
    {
        ArgumentNullException.ThrowIfNull(nvrtc);
        ArgumentNullException.ThrowIfNull(programs);
        PtxArchive? before = Before(path, nvrtc);
        byte[][] images = new byte[programs.Count][];
        int compiled = 0;
        Parallel.For(0, programs.Count, i =>
        {
            string name = programs[i].Name, text = programs[i].Text();
            if (before?.Get(Entry(name, text), name, text) is { } kept)
            {
                images[i] = kept;
                return;
            }
            images[i] = nvrtc.Compile(name, text, Target).Image;
            Interlocked.Increment(ref compiled);
        });
        if (compiled == 0 && before?._entries.Count == programs.Count)
            return 0;
        AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true) { Comment = nvrtc.Version.ToString() };
            for (int i = 0; i < programs.Count; i++)
            {
                ZipArchiveEntry entry = archive.CreateEntry(Entry(programs[i].Name, programs[i].Text()), CompressionLevel.SmallestSize);
                entry.LastWriteTime = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero); // the same programs make the same file
                using Stream content = entry.Open();
                content.Write(images[i]);
            }
        });
        return compiled;
    }

    private static string Entry(string name, string text) => $"{name}/{KernelCache.Key([text, .. Nvrtc.Options, Target.Architecture])}";

    /// <summary>The file there is, if this compiler made it.</summary>
    private static PtxArchive? Before(string path, Nvrtc nvrtc)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var before = new PtxArchive(File.ReadAllBytes(path));
            return before.Compiler == nvrtc.Version ? before : null;
        }
        catch (PipelineException)
        {
            return null;
        }
    }

    private static PtxArchive? Open()
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource);
        if (stream is null)
            return null;
        byte[] zip = new byte[stream.Length];
        stream.ReadExactly(zip);
        return new PtxArchive(zip);
    }

    private byte[]? Get(string entry, string name, string text)
    {
        if (entry != Entry(name, text))
            return null;
        using ZipArchive archive = Read();
        if (archive.GetEntry(entry) is not { } found)
            return null;
        byte[] image = new byte[found.Length];
        using Stream content = found.Open();
        content.ReadExactly(image);
        return image;
    }

    private ZipArchive Read() => new(new MemoryStream(_zip, writable: false), ZipArchiveMode.Read);
}
