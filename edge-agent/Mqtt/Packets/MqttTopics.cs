using System.Buffers;
using System.Text;

namespace Edge.Mqtt.Packets;

/// <summary>The rules of topic names and topic filters. Source: MQTT 5.0, section 4.7.</summary>
public static class MqttTopics
{
    /// <summary>How a shared subscription's filter begins.</summary>
    internal const string SharePrefix = "$share/";

    private const int MaximumBytes = ushort.MaxValue;
    private static readonly SearchValues<char> s_wildcards = SearchValues.Create("+#");

    /// <summary>True when the text may be published to: 1 to 65,535 UTF-8 bytes, no '+', '#' or NUL.</summary>
    public static bool IsValidName(ReadOnlySpan<char> topic) =>
        !topic.IsEmpty && !topic.ContainsAny(s_wildcards) && !topic.Contains('\0') && FitsIn(topic);

    /// <summary>True when the text may be subscribed to; a shared subscription needs a group name and a filter behind it.</summary>
    public static bool IsValidFilter(ReadOnlySpan<char> filter)
    {
        if (!FitsIn(filter))
        {
            return false;
        }

        if (filter.StartsWith(SharePrefix, StringComparison.Ordinal))
        {
            return TrySplitShared(filter, out _, out var inner) && IsValidPlainFilter(inner);
        }

        return !filter.SequenceEqual("$share") && IsValidPlainFilter(filter);
    }

    /// <summary>Splits <c>$share/GROUP/FILTER</c>; false when it is not a well-formed shared subscription.</summary>
    public static bool TrySplitShared(ReadOnlySpan<char> filter, out ReadOnlySpan<char> group, out ReadOnlySpan<char> inner)
    {
        group = inner = default;
        if (!filter.StartsWith(SharePrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = filter[SharePrefix.Length..];
        var slash = rest.IndexOf('/');
        if (slash <= 0 || slash == rest.Length - 1)
        {
            return false;
        }

        group = rest[..slash];
        inner = rest[(slash + 1)..];
        return !group.ContainsAny(s_wildcards);
    }

    /// <summary>True when a valid, unshared filter matches a valid name. A leading wildcard does not match a name that begins with
    /// '$'.</summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        if (topic.StartsWith('$') && !filter.IsEmpty && filter[0] is '+' or '#')
        {
            return false;
        }

        while (true)
        {
            var wanted = NextLevel(filter, out var filterRest, out var moreFilter);
            if (wanted is "#")
            {
                return true;
            }

            var level = NextLevel(topic, out var topicRest, out var moreTopic);
            if (wanted is not "+" && !wanted.SequenceEqual(level))
            {
                return false;
            }

            if (!moreTopic)
            {
                return !moreFilter || filterRest is "#";
            }

            if (!moreFilter)
            {
                return false;
            }

            filter = filterRest;
            topic = topicRest;
        }
    }

    /// <summary>The number of levels, at least 1.</summary>
    public static int CountLevels(ReadOnlySpan<char> topic) => topic.Count('/') + 1;

    /// <summary>Cuts the first level off.</summary>
    internal static ReadOnlySpan<char> NextLevel(ReadOnlySpan<char> topic, out ReadOnlySpan<char> rest, out bool more)
    {
        var slash = topic.IndexOf('/');
        more = slash >= 0;
        rest = more ? topic[(slash + 1)..] : default;
        return more ? topic[..slash] : topic;
    }

    private static bool IsValidPlainFilter(ReadOnlySpan<char> filter)
    {
        if (filter.IsEmpty || filter.Contains('\0'))
        {
            return false;
        }

        for (var more = true; more;)
        {
            var level = NextLevel(filter, out filter, out more);
            var wildcard = level.ContainsAny(s_wildcards);
            if (wildcard && (level.Length > 1 || (level[0] == '#' && more)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool FitsIn(ReadOnlySpan<char> text) =>
        text.Length <= MaximumBytes && (text.Length <= MaximumBytes / 3 || Encoding.UTF8.GetByteCount(text) <= MaximumBytes);
}
