using System.Globalization;
using MhcPipeline.Core.Text;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Train.Data;

/// <summary>Conversations in which there is nothing to learn, counted by reason.</summary>
internal sealed class SilentConversations
{
    private readonly SortedSet<string> _roles = new(StringComparer.Ordinal);
    private long _withoutAssistant;
    private long _withoutWeight;

    /// <summary>How many.</summary>
    internal long Count => _withoutAssistant + _withoutWeight;

    /// <summary>Counts one.</summary>
    internal void Add(IReadOnlyList<ChatTurn> turns)
    {
        if (turns.Any(turn => turn.Role == ChatTemplate.Assistant))
        {
            _withoutWeight++;
            return;
        }
        _withoutAssistant++;
        _roles.UnionWith(turns.Select(turn => turn.Role));
    }

    /// <summary>What was left out, each reason a line.</summary>
    /// <param name="all">Conversations that were read.</param>
    internal IEnumerable<string> Notes(long all)
    {
        string[] unusual = [.. _roles.Where(role => role is not ("system" or "user"))];
        string roles = string.Join(", ", unusual.Length > 0 ? unusual : [.. _roles]);
        if (_withoutAssistant > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{_withoutAssistant:#,0} of {all:#,0} conversations have no assistant turn and are left out (roles: {roles}).");
        if (_withoutWeight > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{_withoutWeight:#,0} of {all:#,0} conversations have only assistant turns that are not to be learnt (weight 0) and are left out.");
    }
}
