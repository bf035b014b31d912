using System.Text;

namespace Microsoft.SemanticKernel;

public sealed class StreamingMethodContent(object innerContent, IReadOnlyDictionary<string, object?>? metadata = null)
    : StreamingKernelContent(innerContent, metadata: metadata)
{
    public object Content { get; } = innerContent;

    public override string ToString() => Content.ToString() ?? string.Empty;

    public override byte[] ToByteArray() => Content as byte[] ?? Encoding.UTF8.GetBytes(ToString());
}
