using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Tests.Kernels.Guards;

/// <summary>Memory with none on either side of it: a read or write past an end ends the process.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ProtectionNone = 0, ProtectionReadWrite = 3; // PROT_*
    private const uint Reserve = 0x2000, Commit = 0x1000, Release = 0x8000, NoAccess = 1, ReadWrite = 4; // MEM_*, PAGE_*

    private readonly byte* _reserved;
    private readonly nuint _length;

    public GuardedMemory(int floats)
    {
        nuint page = (nuint)Environment.SystemPageSize, length = (((nuint)floats * sizeof(float)) + page - 1) / page * page;
        _length = length + (2 * page);
        bool opened;
        if (OperatingSystem.IsWindows())
        {
            _reserved = (byte*)VirtualAlloc(0, _length, Reserve, NoAccess);
            opened = _reserved != null && VirtualAlloc((nint)(_reserved + page), length, Commit, ReadWrite) != 0;
        }
        else
        {
            int privateAnonymous = OperatingSystem.IsMacOS() ? 0x1002 : 0x22; // MAP_PRIVATE | MAP_ANONYMOUS
            _reserved = (byte*)Map(0, _length, ProtectionNone, privateAnonymous, -1, 0);
            opened = (nint)_reserved != -1 && Protect((nint)(_reserved + page), length, ProtectionReadWrite) == 0;
        }
        if (!opened)
            throw new InvalidOperationException($"No {_length} bytes of address space for a guarded buffer: error {Marshal.GetLastPInvokeError()}.");
        Start = (float*)(_reserved + page);
        End = (float*)(_reserved + page + length);
    }

    /// <summary>The first float; what is before it is unmapped.</summary>
    public float* Start { get; }

    /// <summary>Behind the last float: unmapped.</summary>
    public float* End { get; }

    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
            VirtualFree((nint)_reserved, 0, Release);
        else
            Unmap((nint)_reserved, _length);
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint VirtualAlloc(nint address, nuint length, uint kind, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(nint address, nuint length, uint kind);
}
