using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Edge.Core.Resources;

/// <summary>A set of whole numbers kept as ranges: ascending, apart from each other by at least one number, never inverted.</summary>
/// <remarks>Immutable; two sets of the same numbers are equal however they were built. Every operation is one pass over the ranges.
/// Source: Mesos Value.Ranges, which is sorted and coalesced before it is compared.</remarks>
public sealed class RangeSet : IEquatable<RangeSet>
{
    private readonly ValueRange[] _ranges;

    private RangeSet(ValueRange[] ranges) => _ranges = ranges;

    /// <summary>The set of no numbers.</summary>
    public static RangeSet Empty { get; } = new([]);

    /// <summary>The ranges, ascending and apart; a view without a copy.</summary>
    public ImmutableArray<ValueRange> Ranges => ImmutableCollectionsMarshal.AsImmutableArray(_ranges);

    /// <summary>True when no number is in the set.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>How many numbers are in the set; stops at the largest 64-bit number.</summary>
    public ulong Count
    {
        get
        {
            ulong count = 0;
            foreach (var range in _ranges)
            {
                var width = range.End - range.Begin;
                if (width == ulong.MaxValue || count > ulong.MaxValue - width - 1)
                {
                    return ulong.MaxValue;
                }

                count += width + 1;
            }

            return count;
        }
    }

    /// <summary>The set of all numbers from begin to end.</summary>
    /// <exception cref="ArgumentException">Begin is above end.</exception>
    public static RangeSet Of(ulong begin, ulong end) => Of(new ValueRange(begin, end));

    /// <summary>The set of all numbers in the ranges, given in any order, overlapping or not.</summary>
    /// <exception cref="ArgumentException">A range is inverted; check remote input by <see cref="ResourceValidation"/> first.</exception>
    public static RangeSet Of(params ValueRange[] ranges) => Canonical([.. ranges]);

    /// <inheritdoc cref="Of(ValueRange[])"/>
    public static RangeSet Of(IEnumerable<ValueRange> ranges) => Canonical([.. ranges]);

    /// <summary>Reads "[31000-31005, 31010-31010]"; blanks do not matter and "[]" is the empty set.</summary>
    /// <param name="value">The set, or the empty set on failure.</param>
    /// <param name="error">What is wrong and what is allowed, or null.</param>
    public static bool TryParse(string text, out RangeSet value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = Empty;
        error = ValueText.ParseRanges(text, out var ranges);
        if (error is not null)
        {
            return false;
        }

        value = Of(ranges);
        return true;
    }

    /// <summary>True when the number is in the set.</summary>
    public bool Contains(ulong number)
    {
        foreach (var range in _ranges)
        {
            if (number <= range.End)
            {
                return number >= range.Begin;
            }
        }

        return false;
    }

    /// <summary>True when every number of the other set is in this one.</summary>
    public bool Contains(RangeSet other)
    {
        var mine = 0;
        foreach (var wanted in other._ranges)
        {
            while (mine < _ranges.Length && _ranges[mine].End < wanted.Begin)
            {
                mine++;
            }

            // Ranges are apart from each other, so one wanted range has to lie within a single one of ours.
            if (mine == _ranges.Length || _ranges[mine].Begin > wanted.Begin || _ranges[mine].End < wanted.End)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The numbers that are in either set.</summary>
    public RangeSet Add(RangeSet other)
    {
        if (other.IsEmpty || ReferenceEquals(this, other))
        {
            return this;
        }

        if (IsEmpty)
        {
            return other;
        }

        var merged = new ValueRange[_ranges.Length + other._ranges.Length];
        int a = 0, b = 0, count = 0;
        while (a < _ranges.Length || b < other._ranges.Length)
        {
            var takeMine = b == other._ranges.Length || (a < _ranges.Length && _ranges[a].Begin <= other._ranges[b].Begin);
            Append(merged, ref count, takeMine ? _ranges[a++] : other._ranges[b++]);
        }

        return Wrap(merged, count);
    }

    /// <summary>The numbers of this set that are not in the other.</summary>
    public RangeSet Subtract(RangeSet other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return this;
        }

        // Each range of the other cuts at most one of ours in two.
        var left = new ValueRange[_ranges.Length + other._ranges.Length];
        int count = 0, first = 0;
        foreach (var range in _ranges)
        {
            while (first < other._ranges.Length && other._ranges[first].End < range.Begin)
            {
                first++;
            }

            count = Cut(range, other._ranges.AsSpan(first), left, count);
        }

        return Wrap(left, count);
    }

    /// <summary>The numbers that are in both sets.</summary>
    public RangeSet Intersect(RangeSet other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return Empty;
        }

        var common = new ValueRange[_ranges.Length + other._ranges.Length];
        int a = 0, b = 0, count = 0;
        while (a < _ranges.Length && b < other._ranges.Length)
        {
            var begin = Math.Max(_ranges[a].Begin, other._ranges[b].Begin);
            var end = Math.Min(_ranges[a].End, other._ranges[b].End);
            if (begin <= end)
            {
                common[count++] = new ValueRange(begin, end);
            }

            if (_ranges[a].End < other._ranges[b].End)
            {
                a++;
            }
            else
            {
                b++;
            }
        }

        return Wrap(common, count);
    }

    /// <summary>The lowest numbers of the set, as many as asked for, such as host ports for a task.</summary>
    /// <returns>False, with the empty set, when the set holds fewer.</returns>
    public bool TryTakeLowest(ulong count, out RangeSet taken)
    {
        taken = Empty;
        if (count > Count)
        {
            return false;
        }

        var ranges = new List<ValueRange>();
        for (var i = 0; count > 0; i++)
        {
            var width = Math.Min(count - 1, _ranges[i].End - _ranges[i].Begin);
            ranges.Add(new ValueRange(_ranges[i].Begin, _ranges[i].Begin + width));
            count -= width + 1;
        }

        taken = Of(ranges);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(RangeSet? other) =>
        other is not null && (ReferenceEquals(this, other) || _ranges.AsSpan().SequenceEqual(other._ranges));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RangeSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var range in _ranges)
        {
            hash.Add(range);
        }

        return hash.ToHashCode();
    }

    /// <summary>The form "[31000-31005, 31010-31010]".</summary>
    public override string ToString()
    {
        var text = new StringBuilder("[");
        foreach (var range in _ranges)
        {
            text.Append(text.Length > 1 ? ", " : "").Append(CultureInfo.InvariantCulture, $"{range.Begin}-{range.End}");
        }

        return text.Append(']').ToString();
    }

    /// <summary>A total order, used to sort resources that may not be merged.</summary>
    internal int CompareTo(RangeSet other)
    {
        for (var i = 0; i < Math.Min(_ranges.Length, other._ranges.Length); i++)
        {
            var order = _ranges[i].Begin.CompareTo(other._ranges[i].Begin);
            order = order != 0 ? order : _ranges[i].End.CompareTo(other._ranges[i].End);
            if (order != 0)
            {
                return order;
            }
        }

        return _ranges.Length.CompareTo(other._ranges.Length);
    }

    private static RangeSet Canonical(ValueRange[] owned)
    {
        foreach (var range in owned)
        {
            if (range.Begin > range.End)
            {
                throw new ArgumentException($"The range {range} begins above its end.", nameof(owned));
            }
        }

        Array.Sort(owned, static (a, b) => a.Begin.CompareTo(b.Begin));
        var count = 0;
        foreach (var range in owned)
        {
            // Writes never overtake the reading position.
            Append(owned, ref count, range);
        }

        return Wrap(owned, count);
    }

    // Ranges come ascending by begin; one that touches or overlaps the last grows it.
    private static void Append(ValueRange[] target, ref int count, ValueRange next)
    {
        if (count > 0 && (target[count - 1].End == ulong.MaxValue || next.Begin <= target[count - 1].End + 1))
        {
            target[count - 1] = target[count - 1] with { End = Math.Max(target[count - 1].End, next.End) };
            return;
        }

        target[count++] = next;
    }

    private static int Cut(ValueRange range, ReadOnlySpan<ValueRange> cuts, ValueRange[] target, int count)
    {
        var begin = range.Begin;
        foreach (var cut in cuts)
        {
            if (cut.Begin > range.End)
            {
                break;
            }

            if (cut.Begin > begin)
            {
                target[count++] = new ValueRange(begin, cut.Begin - 1);
            }

            if (cut.End >= range.End)
            {
                return count;
            }

            begin = cut.End + 1;
        }

        target[count++] = new ValueRange(begin, range.End);
        return count;
    }

    private static RangeSet Wrap(ValueRange[] ranges, int count)
    {
        if (count == 0)
        {
            return Empty;
        }

        if (count != ranges.Length)
        {
            Array.Resize(ref ranges, count);
        }

        return new RangeSet(ranges);
    }
}
