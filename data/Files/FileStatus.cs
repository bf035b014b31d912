using System.Runtime.InteropServices;

namespace MhcPipeline.Data.Files;

/// <summary>What stands behind a path, links followed, without opening it: opening a pipe would wait for its writer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Identity">The same for all names of one file or folder.</param>
internal readonly partial record struct FileStatus(PathKind Kind, string Identity)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint TypeAndInode = 0x1 | 0x100; // STATX_TYPE, STATX_INO

    /// <summary>
    /// Asks the system; what is neither file nor folder is told apart on Linux only, elsewhere it passes for a file.
    /// </summary>
    internal static FileStatus Of(string path) => OperatingSystem.IsLinux() ? OfLinux(path) : OfFramework(path);

    private static FileStatus OfLinux(string path)
    {
        try
        {
            if (StatX(CurrentFolder, path, 0, TypeAndInode, out LinuxStatus status) != 0)
                return new FileStatus(PathKind.Missing, "");
            PathKind kind = (status.Mode & 0xF000) switch
            {
                0x8000 => PathKind.File,
                0x4000 => PathKind.Folder,
                0x1000 => PathKind.Pipe,
                0xC000 => PathKind.Socket,
                _ => PathKind.Device,
            };
            return new FileStatus(kind, $"{status.DeviceMajor}:{status.DeviceMinor}:{status.Inode}");
        }
        catch (EntryPointNotFoundException) // a C library older than glibc 2.28 or musl 1.2.5
        {
            return OfFramework(path);
        }
    }

    private static FileStatus OfFramework(string path)
    {
        bool isFolder = Directory.Exists(path);
        if (!isFolder && !File.Exists(path))
            return new FileStatus(PathKind.Missing, "");
        FileSystemInfo entry = isFolder ? new DirectoryInfo(path) : new FileInfo(path);
        return new FileStatus(isFolder ? PathKind.Folder : PathKind.File, (entry.ResolveLinkTarget(returnFinalTarget: true) ?? entry).FullName);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out LinuxStatus status);

    /// <summary>struct statx: the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct LinuxStatus
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
