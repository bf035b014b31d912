using System.Buffers.Binary;
using System.Text;

namespace MhcPipeline.Cuda.Tests.Compile;

/// <summary>
/// A compiled kernel's instructions, read from its machine code without a disassembler. From Volta to Hopper an instruction has 16 bytes: its
/// lowest 12 bits say what it does. A branch has its distance from the next instruction, in fours of bytes, in 48 bits from bit 34; Hopper has
/// eight more, the lowest, in bits 16 to 23.
/// </summary>
internal sealed class KernelLoops
{
    private const int InstructionBytes = 16, Hopper = 90, Operation = 0xfff, Branch = 0x947, TensorCore = 0x23c;

    /// <summary>Where the file's header has its GPU's number.</summary>
    private const int SmOffset = 48;

    private readonly int[] _operations;

    private KernelLoops(int[] operations, IReadOnlyList<(int First, int Last)> loops) => (_operations, All) = (operations, loops);

    /// <summary>Instructions from a branch's target to a branch back to it, the longest first.</summary>
    public IReadOnlyList<(int First, int Last)> All { get; }

    /// <summary>Of the whole kernel.</summary>
    public int Instructions => _operations.Length;

    /// <summary>Reads a kernel of a cubin, an ELF file of 64 bits in which each kernel has a section .text of its name.</summary>
    public static KernelLoops Of(ReadOnlySpan<byte> cubin, string kernel)
    {
        ReadOnlySpan<byte> code = Section(cubin, ".text." + kernel);
        int[] operations = new int[code.Length / InstructionBytes];
        List<(int First, int Last)> loops = [];
        for (int k = 0; k < operations.Length; k++)
        {
            ulong low = BinaryPrimitives.ReadUInt64LittleEndian(code[(InstructionBytes * k)..]), high = BinaryPrimitives.ReadUInt64LittleEndian(code[((InstructionBytes * k) + 8)..]);
            operations[k] = (int)(low & Operation);
            long fours = (long)((low >> 34) | (high << 30)) << 16 >> 16, distance = 4 * (cubin[SmOffset] >= Hopper ? (fours << 8) | (long)(low >> 16 & 0xff) : fours);
            if (operations[k] == Branch && distance < -InstructionBytes)
                loops.Add((k + 1 + (int)(distance / InstructionBytes), k));
        }
        return new KernelLoops(operations, [.. loops.OrderBy(loop => loop.First - loop.Last)]);
    }

    /// <summary>How many instructions a loop has.</summary>
    public static int Length((int First, int Last) loop) => loop.Last - loop.First + 1;

    /// <summary>How many of a loop's instructions are products on tensor cores.</summary>
    public int Products((int First, int Last) loop) => _operations[loop.First..(loop.Last + 1)].Count(operation => operation == TensorCore);

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> elf, string name)
    {
        const int HeaderBytes = 64;
        int headers = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[40..]), count = BinaryPrimitives.ReadUInt16LittleEndian(elf[60..]), names = BinaryPrimitives.ReadUInt16LittleEndian(elf[62..]);
        int strings = Offset(elf, headers + (names * HeaderBytes));
        for (int k = 0; k < count; k++)
        {
            int header = headers + (k * HeaderBytes);
            ReadOnlySpan<byte> own = elf[(strings + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[header..]))..];
            if (Encoding.ASCII.GetString(own[..own.IndexOf((byte)0)]) == name)
                return elf.Slice(Offset(elf, header), (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[(header + 32)..]));
        }
        throw new ArgumentException($"the cubin has no section {name}", nameof(name));
    }

    private static int Offset(ReadOnlySpan<byte> elf, int header) => (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[(header + 24)..]);
}
