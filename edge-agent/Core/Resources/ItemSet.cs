using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Edge.Core.Resources;

/// <summary>A set of names, ascending by ordinal comparison, no duplicates.</summary>
/// <remarks>Immutable; two sets of the same names are equal however they were built. Source: Mesos Value.Set.</remarks>
public sealed class ItemSet : IEquatable<ItemSet>
{
    private readonly string[] _items;

    private ItemSet(string[] items) => _items = items;

    /// <summary>The set of no names.</summary>
    public static ItemSet Empty { get; } = new([]);

    /// <summary>The names, ascending; a view without a copy.</summary>
    public ImmutableArray<string> Items => ImmutableCollectionsMarshal.AsImmutableArray(_items);

    /// <summary>True when the set holds no name.</summary>
    public bool IsEmpty => _items.Length == 0;

    /// <summary>How many names the set holds.</summary>
    public int Count => _items.Length;

    /// <summary>The set of the given names, in any order; duplicates count once.</summary>
    public static ItemSet Of(params string[] items) => Canonical([.. items]);

    /// <inheritdoc cref="Of(string[])"/>
    public static ItemSet Of(IEnumerable<string> items) => Canonical([.. items]);

    /// <summary>Reads "{a, b}"; blanks around names do not matter and "{}" is the empty set.</summary>
    /// <param name="value">The set, or the empty set on failure.</param>
    /// <param name="error">What is wrong and what is allowed, or null.</param>
    public static bool TryParse(string text, out ItemSet value, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        error = ValueText.ParseItems(text, out var items);
        value = error is null ? Of(items) : Empty;
        return error is null;
    }

    /// <summary>True when the name is in the set.</summary>
    public bool Contains(string item) => Array.BinarySearch(_items, item, StringComparer.Ordinal) >= 0;

    /// <summary>True when every name of the other set is in this one.</summary>
    public bool Contains(ItemSet other)
    {
        var mine = 0;
        foreach (var wanted in other._items)
        {
            var order = -1;
            while (mine < _items.Length && (order = string.CompareOrdinal(_items[mine], wanted)) < 0)
            {
                mine++;
            }

            if (mine == _items.Length || order != 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The names that are in either set.</summary>
    public ItemSet Add(ItemSet other)
    {
        if (other.IsEmpty || ReferenceEquals(this, other))
        {
            return this;
        }

        return IsEmpty ? other : Combine(other, onlyMine: true, both: true, onlyOther: true);
    }

    /// <summary>The names of this set that are not in the other.</summary>
    public ItemSet Subtract(ItemSet other) =>
        IsEmpty || other.IsEmpty ? this : Combine(other, onlyMine: true, both: false, onlyOther: false);

    /// <summary>The names that are in both sets.</summary>
    public ItemSet Intersect(ItemSet other) =>
        IsEmpty || other.IsEmpty ? Empty : Combine(other, onlyMine: false, both: true, onlyOther: false);

    /// <inheritdoc/>
    public bool Equals(ItemSet? other) =>
        other is not null && (ReferenceEquals(this, other) || _items.AsSpan().SequenceEqual(other._items));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ItemSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in _items)
        {
            hash.Add(item, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary>The form "{a, b}".</summary>
    public override string ToString() => "{" + string.Join(", ", _items) + "}";

    /// <summary>A total order, used to sort resources that may not be merged.</summary>
    internal int CompareTo(ItemSet other)
    {
        for (var i = 0; i < Math.Min(_items.Length, other._items.Length); i++)
        {
            var order = string.CompareOrdinal(_items[i], other._items[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return _items.Length.CompareTo(other._items.Length);
    }

    private static ItemSet Canonical(string[] owned)
    {
        Array.Sort(owned, StringComparer.Ordinal);
        var count = 0;
        foreach (var item in owned)
        {
            if (count == 0 || !string.Equals(owned[count - 1], item, StringComparison.Ordinal))
            {
                owned[count++] = item;
            }
        }

        return Wrap(owned, count);
    }

    private ItemSet Combine(ItemSet other, bool onlyMine, bool both, bool onlyOther)
    {
        var result = new string[_items.Length + other._items.Length];
        int a = 0, b = 0, count = 0;
        while (a < _items.Length || b < other._items.Length)
        {
            var order = a == _items.Length ? 1 : b == other._items.Length ? -1 : string.CompareOrdinal(_items[a], other._items[b]);
            var item = order <= 0 ? _items[a] : other._items[b];
            a += order <= 0 ? 1 : 0;
            b += order >= 0 ? 1 : 0;
            if (order < 0 ? onlyMine : order == 0 ? both : onlyOther)
            {
                result[count++] = item;
            }
        }

        return Wrap(result, count);
    }

    private static ItemSet Wrap(string[] items, int count)
    {
        if (count == 0)
        {
            return Empty;
        }

        if (count != items.Length)
        {
            Array.Resize(ref items, count);
        }

        return new ItemSet(items);
    }
}
