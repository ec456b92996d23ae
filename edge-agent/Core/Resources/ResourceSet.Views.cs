using System.Collections.Immutable;
using System.Text;

namespace Edge.Core.Resources;

/// <content>Parts, re-labelled copies and texts of a set.</content>
public sealed partial class ResourceSet
{
    /// <summary>The items that the condition keeps; the same set when it keeps all.</summary>
    public ResourceSet Filter(Func<Resource, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        var first = 0;
        while (first < _items.Length && keep(_items[first]))
        {
            first++;
        }

        if (first == _items.Length)
        {
            return this;
        }

        // Copied only when an item goes.
        var kept = new Resource[_items.Length - 1];
        _items.AsSpan(0, first).CopyTo(kept);
        var count = first;
        foreach (var item in _items.AsSpan(first + 1))
        {
            if (keep(item))
            {
                kept[count++] = item;
            }
        }

        return Wrap(kept, count);
    }

    /// <summary>What may be offered to a role: the unreserved, and what is reserved to the role or to one above it.</summary>
    /// <remarks>Source: Mesos, "allocatable to": "eng/backend" may use what is reserved to "eng", not the other way round.</remarks>
    public ResourceSet ForRole(string role) => Filter(item => !item.Traits.IsReserved
        || string.Equals(item.Traits.Role, role, StringComparison.Ordinal)
        || RoleName.IsStrictlyBelow(role, item.Traits.Role));

    /// <summary>The part reserved to exactly this role.</summary>
    public ResourceSet ReservedTo(string role) =>
        Filter(item => item.Traits.IsReserved && string.Equals(item.Traits.Role, role, StringComparison.Ordinal));

    /// <summary>The same resources, all allocated to a role.</summary>
    public ResourceSet Allocate(string role)
    {
        ArgumentNullException.ThrowIfNull(role);
        return WithAllocation(role);
    }

    /// <summary>The same resources, allocated to nobody.</summary>
    public ResourceSet Unallocate() => WithAllocation(null);

    /// <summary>How much there is of each name, whatever the traits; ranges and sets count their members.</summary>
    /// <returns>Names ascending by ordinal comparison.</returns>
    public ImmutableSortedDictionary<string, Scalar> ToQuantities()
    {
        var quantities = ImmutableSortedDictionary.CreateBuilder<string, Scalar>(StringComparer.Ordinal);
        foreach (var item in _items)
        {
            quantities[item.Name] = quantities.TryGetValue(item.Name, out var sum) ? sum + Quantity(item) : Quantity(item);
        }

        return quantities.ToImmutable();
    }

    /// <summary>The human form, "cpus:2;mem:1024;ports:[31000-31999]"; empty text for no resources.</summary>
    /// <remarks>Plain and singly reserved resources read back by <see cref="ResourceText"/>; other traits are shown, not kept.</remarks>
    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var item in _items)
        {
            text.Append(text.Length > 0 ? ";" : "").Append(item.Describe());
        }

        return text.ToString();
    }

    /// <summary>The same as <see cref="Describe"/>.</summary>
    public override string ToString() => Describe();

    private ResourceSet WithAllocation(string? role)
    {
        var changed = new Resource[_items.Length];
        var same = true;
        ResourceTraits? from = null;
        var to = ResourceTraits.None;
        for (var i = 0; i < _items.Length; i++)
        {
            // Neighbours mostly carry the same traits.
            if (!ReferenceEquals(from, _items[i].Traits))
            {
                from = _items[i].Traits;
                to = from.WithAllocation(role);
            }

            changed[i] = _items[i].WithTraits(to);
            same = same && ReferenceEquals(changed[i], _items[i]);
        }

        // What differed by its allocation alone now adds up.
        return same ? this : Canonical(changed);
    }
}
