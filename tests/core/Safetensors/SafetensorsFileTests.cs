using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Fixtures;
using Xunit;

namespace MhcPipeline.Core.Tests.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_back()
    {
        var writer = new SafetensorsWriter { Metadata = { ["kind"] = "test" } };
        writer.Add("weights", [2, 3], [1f, -2f, 3.5f, float.NaN, float.PositiveInfinity, 1e-40f]);
        writer.Add("ids", [2], [long.MinValue, 7L]);
        writer.Add("scalar", [], [42f]);
        writer.Add("empty", [0, 5], Array.Empty<float>());
        writer.Save(_folder.File("a.safetensors"));

        using var file = SafetensorsFile.Open(_folder.File("a.safetensors"));
        Assert.Equal("test", file.Metadata["kind"]);
        Assert.Equal([1f, -2f, 3.5f, float.NaN, float.PositiveInfinity, 1e-40f], file.ReadFloat32("weights"));
        Assert.Equal([2L, 3L], file.Tensor("weights").Shape);
        Assert.Equal([long.MinValue, 7L], file.ReadInt64("ids"));
        Assert.Equal([42f], file.ReadFloat32("scalar"));
        Assert.Empty(file.ReadFloat32("empty"));
        Assert.Equal(0, file.Tensor("weights").Offset % 8);
    }

    [Fact]
    public void Half_and_bfloat16_are_converted_exactly()
    {
        Half[] halves = [(Half)1.5, (Half)(-0.25), Half.Epsilon, Half.PositiveInfinity];
        ushort[] brains = [0x3FC0 /* 1.5 */, 0xBE80 /* -0.25 */, 0x0001, 0x7F80];
        var writer = new SafetensorsWriter();
        writer.Add("f16", TensorType.F16, [4], System.Runtime.InteropServices.MemoryMarshal.AsBytes(halves.AsSpan()).ToArray());
        writer.Add("bf16", TensorType.BF16, [4], System.Runtime.InteropServices.MemoryMarshal.AsBytes(brains.AsSpan()).ToArray());
        writer.Save(_folder.File("h.safetensors"));

        using var file = SafetensorsFile.Open(_folder.File("h.safetensors"));
        Assert.Equal([1.5f, -0.25f, (float)Half.Epsilon, float.PositiveInfinity], file.ReadFloat32("f16"));
        Assert.Equal([1.5f, -0.25f, BitConverter.UInt32BitsToSingle(0x00010000), float.PositiveInfinity], file.ReadFloat32("bf16"));
    }

    [Fact]
    public void The_reference_cases_open()
    {
        using var file = SafetensorsFile.Open(RepositoryFiles.Case("mhc_n4_c64.safetensors"));
        Assert.Equal("mhc", file.Metadata["kind"]);
        Assert.Equal(4, file.Tensor("streams").Shape[2]);
    }

    public static TheoryData<string, string> MalformedHeaders => new()
    {
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}""", "cut short" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,2]}}""", "offsets" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "offsets" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "takes 12" },
        { """{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,8]}}""", "not JSON" },
        { """{"a":{"dtype":"F32","shape":["NaN"],"data_offsets":[0,8]}}""", "dimension" },
        { """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "dimension" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "dimension" },
        { """{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}""", "larger than the file" },
        { """{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "F64" },
        { """{"a":{"dtype":"0","shape":[2],"data_offsets":[0,8]}}""", "dtype" },
        { """{"a":{"shape":[2],"data_offsets":[0,8]}}""", "lacks dtype" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "overlap" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "belong to no tensor" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "belong to no tensor" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "twice" },
        { """{"__metadata__":{"n":4}}""", "not a string" },
        { """[1,2]""", "not an object" },
        { """{"a":""", "not JSON" },
    };

    [Theory]
    [MemberData(nameof(MalformedHeaders))]
    public void A_malformed_header_is_one_clear_error(string header, string says)
    {
        string path = WriteRaw((ulong)Encoding.UTF8.GetByteCount(header), header, new byte[8]);
        var error = Assert.Throws<PipelineException>(() => SafetensorsFile.Open(path));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(99_999_999_999UL)]
    [InlineData(3UL)]
    public void A_header_size_that_lies_is_an_error_and_not_an_allocation(ulong claimed)
    {
        string path = WriteRaw(claimed, "{}", []);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<PipelineException>(() => SafetensorsFile.Open(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Files_too_short_or_missing_are_errors()
    {
        File.WriteAllBytes(_folder.File("short"), [1, 2, 3]);
        File.WriteAllBytes(_folder.File("nothing"), []);
        Assert.Throws<PipelineException>(() => SafetensorsFile.Open(_folder.File("short")));
        Assert.Throws<PipelineException>(() => SafetensorsFile.Open(_folder.File("nothing")));
        Assert.Throws<PipelineException>(() => SafetensorsFile.Open(_folder.File("missing")));
    }

    [Fact]
    public void Any_damage_to_a_file_gives_an_error_or_the_tensors_but_never_another_exception()
    {
        byte[] good = File.ReadAllBytes(RepositoryFiles.Case("head_n4_c64.safetensors"));
        var damage = from position in Gen.Choose(0, 900)
                     from value in Gen.Choose(0, 255)
                     from length in Gen.OneOf(Gen.Constant(good.Length), Gen.Choose(0, good.Length))
                     select (position, value, length);
        Prop.ForAll(damage.ToArbitrary(), d =>
        {
            byte[] bad = good[..d.length];
            if (d.position < bad.Length)
                bad[d.position] = (byte)d.value;
            string path = _folder.File("damaged");
            File.WriteAllBytes(path, bad);
            try
            {
                using var file = SafetensorsFile.Open(path);
                foreach (string name in file.Tensors.Keys)
                    _ = file.Bytes(name).Length;
            }
            catch (PipelineException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(1, 1));
    }

    [Fact]
    public void A_tensor_that_is_not_there_is_named()
    {
        using var file = SafetensorsFile.Open(RepositoryFiles.Case("head_n4_c64.safetensors"));
        Assert.Contains("no tensor nope", Assert.Throws<PipelineException>(() => file.ReadFloat32("nope")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        string path = _folder.File("kept");
        AtomicFile.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    private string WriteRaw(ulong headerSize, string header, byte[] data)
    {
        byte[] bytes = [.. new byte[8], .. Encoding.UTF8.GetBytes(header), .. data];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, headerSize);
        string path = _folder.File("raw.safetensors");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
