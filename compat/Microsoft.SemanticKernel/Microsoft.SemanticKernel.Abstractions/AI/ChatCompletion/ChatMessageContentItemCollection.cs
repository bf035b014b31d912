using System.Collections;

namespace Microsoft.SemanticKernel.ChatCompletion;

public class ChatMessageContentItemCollection : IList<KernelContent>, IReadOnlyList<KernelContent>
{
    private readonly List<KernelContent> _items;

    public ChatMessageContentItemCollection() => _items = [];

    public int Count => _items.Count;

    bool ICollection<KernelContent>.IsReadOnly => false;

    public KernelContent this[int index]
    {
        get => _items[index];
        set => _items[index] = NotNull(value);
    }

    public void Add(KernelContent item) => _items.Add(NotNull(item));

    public void Clear() => _items.Clear();

    public bool Contains(KernelContent item) => _items.Contains(NotNull(item));

    public void CopyTo(KernelContent[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    public int IndexOf(KernelContent item) => _items.IndexOf(NotNull(item));

    public void Insert(int index, KernelContent item) => _items.Insert(index, NotNull(item));

    public bool Remove(KernelContent item) => _items.Remove(NotNull(item));

    public void RemoveAt(int index) => _items.RemoveAt(index);

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    IEnumerator<KernelContent> IEnumerable<KernelContent>.GetEnumerator() => _items.GetEnumerator();

    private static KernelContent NotNull(KernelContent item) => item ?? throw new ArgumentNullException(nameof(item));
}
