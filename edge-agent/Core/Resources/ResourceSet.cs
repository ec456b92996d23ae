using System.Collections;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Edge.Core.Resources;

/// <summary>Resources of any names, in one canonical form: ascending by name then traits, nothing empty, what can be added up is.</summary>
/// <remarks>
/// Immutable; equal sets are equal however they were built. Scalars add up; ranges and sets unite, so that (a + b) - b is a
/// only when their ranges and sets have nothing in common. Whole items (persistent volumes, mounts, block devices, shared
/// resources) are counted in <see cref="Resource.Copies"/> and never added up to a larger one. A shared item is counted like any
/// other whole item: each holder adds and subtracts its own copy; the amount of a shared item counts once, however many copies.
/// Sums and differences are one pass over two short sorted arrays. Source: Mesos Resources, resource arithmetic.
/// </remarks>
public sealed partial class ResourceSet : IEquatable<ResourceSet>, IReadOnlyCollection<Resource>
{
    private readonly Resource[] _items;

    private ResourceSet(Resource[] items) => _items = items;

    /// <summary>No resources.</summary>
    public static ResourceSet Empty { get; } = new([]);

    /// <summary>The items in canonical order; a view without a copy.</summary>
    public ImmutableArray<Resource> Items => ImmutableCollectionsMarshal.AsImmutableArray(_items);

    /// <summary>How many distinct items the set holds.</summary>
    public int Count => _items.Length;

    /// <summary>True when the set holds nothing.</summary>
    public bool IsEmpty => _items.Length == 0;

    /// <summary>The part that no reservation holds.</summary>
    public ResourceSet Unreserved => Filter(static item => !item.Traits.IsReserved);

    /// <summary>The set of the given items, in any order; empty ones are left out.</summary>
    /// <exception cref="ArgumentException">An amount is negative; check remote input by <see cref="ResourceValidation"/> first.</exception>
    public static ResourceSet Of(params Resource[] items) => Canonical([.. items]);

    /// <inheritdoc cref="Of(Resource[])"/>
    public static ResourceSet Of(IEnumerable<Resource> items) => Canonical([.. items]);

    /// <summary>What both sets hold together.</summary>
    public ResourceSet Add(ResourceSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.IsEmpty)
        {
            return this;
        }

        if (IsEmpty)
        {
            return other;
        }

        var mine = _items;
        var theirs = other._items;

        // Most sums have the names of the larger side; only others need room for more.
        var result = new Resource[Math.Max(mine.Length, theirs.Length)];
        int a = 0, b = 0, count = 0;
        while (a < mine.Length || b < theirs.Length)
        {
            var order = a == mine.Length ? 1 : b == theirs.Length ? -1 : Resource.CompareKey(mine[a], theirs[b]);
            if (count == result.Length)
            {
                Array.Resize(ref result, count + mine.Length - a + theirs.Length - b);
            }

            result[count++] = order < 0 ? mine[a++] : order > 0 ? theirs[b++] : mine[a++].Plus(theirs[b++]);
        }

        return Wrap(result, count);
    }

    /// <summary>This set with one more resource.</summary>
    public ResourceSet Add(Resource item) => Add(Of(item));

    /// <summary>This set without the other.</summary>
    /// <exception cref="InvalidOperationException">The other set is not contained: a bug of the caller. Use
    /// <see cref="TrySubtract"/> for what comes from outside.</exception>
    public ResourceSet Subtract(ResourceSet other) => TrySubtract(other, out var rest)
        ? rest
        : throw new InvalidOperationException($"{Describe()} does not contain {other.Describe()}.");

    /// <summary>This set without the other, or false with this set unchanged when the other is not contained.</summary>
    public bool TrySubtract(ResourceSet other, out ResourceSet rest)
    {
        if (Contains(other))
        {
            rest = SubtractClamped(other);
            return true;
        }

        rest = this;
        return false;
    }

    /// <summary>This set without as much of the other as it holds; nothing goes below nothing.</summary>
    public ResourceSet SubtractClamped(ResourceSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (IsEmpty || other.IsEmpty)
        {
            return this;
        }

        var mine = _items;
        var theirs = other._items;
        var result = new Resource[mine.Length];
        int b = 0, count = 0;
        foreach (var item in mine)
        {
            var order = -1;
            while (b < theirs.Length && (order = Resource.CompareKey(item, theirs[b])) > 0)
            {
                b++;
            }

            var left = b < theirs.Length && order == 0 ? item.Minus(theirs[b]) : item;
            if (left is not null)
            {
                result[count++] = left;
            }
        }

        return Wrap(result, count);
    }

    /// <summary>True when the other set could be subtracted. Every set contains itself and <see cref="Empty"/>.</summary>
    public bool Contains(ResourceSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var mine = _items;
        var a = 0;
        foreach (var wanted in other._items)
        {
            var order = -1;
            while (a < mine.Length && (order = Resource.CompareKey(mine[a], wanted)) < 0)
            {
                a++;
            }

            if (a == mine.Length || order != 0 || !mine[a].Covers(wanted))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The amount of one name, summed over all traits; nothing when the name is missing or no scalar.</summary>
    public Scalar GetScalar(string name)
    {
        var sum = Scalar.Zero;
        foreach (var item in _items)
        {
            if (item.Kind == ResourceKind.Scalar && string.Equals(item.Name, name, StringComparison.Ordinal))
            {
                sum += Quantity(item);
            }
        }

        return sum;
    }

    /// <summary>The numbers of one name, united over all traits; empty when the name is missing or no ranges.</summary>
    public RangeSet GetRanges(string name)
    {
        var all = RangeSet.Empty;
        foreach (var item in _items)
        {
            if (item.Kind == ResourceKind.Ranges && string.Equals(item.Name, name, StringComparison.Ordinal))
            {
                all = all.Add(item.Ranges);
            }
        }

        return all;
    }

    /// <summary>The names held under one name, united over all traits; empty when the name is missing or no set.</summary>
    public ItemSet GetSet(string name)
    {
        var all = ItemSet.Empty;
        foreach (var item in _items)
        {
            if (item.Kind == ResourceKind.Set && string.Equals(item.Name, name, StringComparison.Ordinal))
            {
                all = all.Add(item.Set);
            }
        }

        return all;
    }

    /// <summary>Walks the items in canonical order without allocating.</summary>
    public ImmutableArray<Resource>.Enumerator GetEnumerator() => Items.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ResourceSet? other)
    {
        if (ReferenceEquals(this, other) || other is null || _items.Length != other._items.Length)
        {
            return ReferenceEquals(this, other);
        }

        for (var i = 0; i < _items.Length; i++)
        {
            if (!_items[i].Equals(other._items[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ResourceSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <summary>True when both hold the same.</summary>
    public static bool operator ==(ResourceSet? left, ResourceSet? right) => left is null ? right is null : left.Equals(right);

    /// <summary>True when they differ.</summary>
    public static bool operator !=(ResourceSet? left, ResourceSet? right) => !(left == right);

    /// <summary>The same as <see cref="Add(ResourceSet)"/>.</summary>
    public static ResourceSet operator +(ResourceSet left, ResourceSet right) => left.Add(right);

    /// <summary>The same as <see cref="Subtract"/>: the right side has to be contained in the left.</summary>
    public static ResourceSet operator -(ResourceSet left, ResourceSet right) => left.Subtract(right);

    IEnumerator<Resource> IEnumerable<Resource>.GetEnumerator() => ((IEnumerable<Resource>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    // A shared volume is there once, however many hold it.
    private static Scalar Quantity(Resource item)
    {
        var one = item.Kind switch
        {
            ResourceKind.Scalar => item.Scalar,
            ResourceKind.Ranges => Scalar.FromWhole((long)Math.Min(item.Ranges.Count, long.MaxValue)),
            ResourceKind.Set => Scalar.FromWhole(item.Set.Count),
        };
        var sum = one;
        for (var copy = 1; copy < item.Copies && !item.Traits.Shared; copy++)
        {
            sum += one;
        }

        return sum;
    }

    private static ResourceSet Canonical(Resource[] owned)
    {
        var count = 0;
        var sorted = true;
        foreach (var item in owned)
        {
            if (item.Kind == ResourceKind.Scalar && item.Scalar < Scalar.Zero)
            {
                throw new ArgumentException($"The amount of {item.Describe()} is negative.", nameof(owned));
            }

            if (!item.IsEmpty)
            {
                sorted = sorted && (count == 0 || Resource.CompareKey(owned[count - 1], item) < 0);
                owned[count++] = item;
            }
        }

        if (sorted)
        {
            return Wrap(owned, count);
        }

        owned.AsSpan(0, count).Sort(Resource.CompareKey);
        var last = 0;
        for (var i = 1; i < count; i++)
        {
            if (Resource.CompareKey(owned[last], owned[i]) == 0)
            {
                owned[last] = owned[last].Plus(owned[i]);
            }
            else
            {
                owned[++last] = owned[i];
            }
        }

        return Wrap(owned, last + 1);
    }

    private static ResourceSet Wrap(Resource[] items, int count)
    {
        if (count == 0)
        {
            return Empty;
        }

        if (count != items.Length)
        {
            Array.Resize(ref items, count);
        }

        return new ResourceSet(items);
    }
}
