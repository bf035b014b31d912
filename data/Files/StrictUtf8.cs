using System.Text;
using MhcPipeline.Core;

namespace MhcPipeline.Data.Files;

/// <summary>UTF-8 that is right or refused, with the line named.</summary>
internal static class StrictUtf8
{
    private static readonly UTF8Encoding _encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes <paramref name="bytes"/>, which begin at <paramref name="line"/> of <paramref name="path"/>.</summary>
    /// <exception cref="PipelineException">A byte sequence is not UTF-8.</exception>
    internal static string Decode(ReadOnlySpan<byte> bytes, string path, long line)
    {
        try
        {
            return _encoding.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            int at = FirstInvalid(bytes);
            throw new PipelineException(
                $"{path}:{line + bytes[..at].Count((byte)'\n')}: byte 0x{bytes[at]:X2} is not UTF-8. Convert the file to UTF-8, for example with `iconv -f LATIN1 -t UTF-8`.", e);
        }
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
            at += length;
        return Math.Min(at, bytes.Length - 1);
    }
}
