using System.Text;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>Text as C reads it.</summary>
internal static class NativeText
{
    /// <summary>UTF-8 with a zero behind it.</summary>
    public static byte[] Of(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>What C wrote, up to the first zero.</summary>
    public static string From(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
