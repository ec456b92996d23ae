using System.Collections.Immutable;

namespace Edge.Core.Resources;

/// <summary>Everything that must be equal for two resources of one name to be added up.</summary>
/// <remarks>Immutable, equal by content, with the hash computed once. Most resources carry <see cref="None"/>, so that comparing
/// references settles it.</remarks>
public sealed record ResourceTraits : IComparable<ResourceTraits>
{
    private readonly ImmutableArray<Reservation> _reservations = [];

    // Computed on first use; 0 means not yet. Two threads may compute it, to the same end.
    private int _hash;

    /// <summary>Traits of plain resources.</summary>
    public ResourceTraits()
    {
    }

    // The hash is left out: "with" changes what it stands for.
    private ResourceTraits(ResourceTraits original)
    {
        _reservations = original._reservations;
        AllocationRole = original.AllocationRole;
        Disk = original.Disk;
        Revocable = original.Revocable;
        Shared = original.Shared;
        ProviderId = original.ProviderId;
    }

    /// <summary>Unreserved, unallocated, nothing special.</summary>
    public static ResourceTraits None { get; } = new();

    /// <summary>The stack of reservations; the last is in effect, empty means unreserved. Never default.</summary>
    public ImmutableArray<Reservation> Reservations
    {
        get => _reservations;
        init => _reservations = value.OrEmpty();
    }

    /// <summary>The role the resources are allocated (or offered) to; null while they are free.</summary>
    public string? AllocationRole { get; init; }

    /// <summary>What makes disk space special; null for plain space and for everything that is not disk.</summary>
    public DiskInfo? Disk { get; init; }

    /// <summary>True when the node may take the resources back at any time.</summary>
    public bool Revocable { get; init; }

    /// <summary>True when several tasks may hold the same resources at once.</summary>
    public bool Shared { get; init; }

    /// <summary>The resource provider they come from; null for the node itself.</summary>
    public string? ProviderId { get; init; }

    /// <summary>The role of the reservation in effect, or "*" when unreserved.</summary>
    public string Role => _reservations.IsEmpty ? RoleName.Unreserved : _reservations[^1].Role;

    /// <summary>True when a reservation is in effect.</summary>
    public bool IsReserved => !_reservations.IsEmpty;

    /// <summary>True when resources are taken as a whole or not at all, and are never added up to a larger one.</summary>
    public bool IsWhole => Shared || Disk is { IsWhole: true };

    /// <summary>Plain resources reserved by one reservation.</summary>
    public static ResourceTraits ReservedBy(Reservation reservation) => new() { Reservations = [reservation] };

    /// <summary>The same traits, allocated to the role, or to nobody for null.</summary>
    public ResourceTraits WithAllocation(string? role)
    {
        if (string.Equals(AllocationRole, role, StringComparison.Ordinal))
        {
            return this;
        }

        var changed = this with { AllocationRole = role };
        return changed.Equals(None) ? None : changed;
    }

    /// <summary>The same traits with one more reservation on the stack, which takes effect.</summary>
    public ResourceTraits Push(Reservation reservation) => this with { Reservations = _reservations.Add(reservation) };

    /// <summary>The same traits without the reservation in effect; unchanged when unreserved.</summary>
    public ResourceTraits Pop()
    {
        if (_reservations.IsEmpty)
        {
            return this;
        }

        var changed = this with { Reservations = _reservations.RemoveAt(_reservations.Length - 1) };
        return changed.Equals(None) ? None : changed;
    }

    /// <inheritdoc/>
    public bool Equals(ResourceTraits? other) =>
        ReferenceEquals(this, other) || (other is not null && GetHashCode() == other.GetHashCode() && CompareTo(other) == 0);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_hash == 0)
        {
            var hash = new HashCode();
            foreach (var reservation in _reservations)
            {
                hash.Add(reservation);
            }

            hash.Add(AllocationRole, StringComparer.Ordinal);
            hash.Add(Disk);
            hash.Add(Revocable);
            hash.Add(Shared);
            hash.Add(ProviderId, StringComparer.Ordinal);
            var computed = hash.ToHashCode();
            _hash = computed == 0 ? 1 : computed;
        }

        return _hash;
    }

    /// <summary>A total order that agrees with equality; <see cref="None"/> comes first.</summary>
    public int CompareTo(ResourceTraits? other)
    {
        if (ReferenceEquals(this, other) || other is null)
        {
            return other is null ? 1 : 0;
        }

        var order = CompareReservations(other);
        order = order != 0 ? order : string.CompareOrdinal(AllocationRole, other.AllocationRole);
        order = order != 0 ? order : DiskInfo.Compare(Disk, other.Disk);
        order = order != 0 ? order : Revocable.CompareTo(other.Revocable);
        order = order != 0 ? order : Shared.CompareTo(other.Shared);
        return order != 0 ? order : string.CompareOrdinal(ProviderId, other.ProviderId);
    }

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator <(ResourceTraits left, ResourceTraits right) => left.CompareTo(right) < 0;

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator >(ResourceTraits left, ResourceTraits right) => left.CompareTo(right) > 0;

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator <=(ResourceTraits left, ResourceTraits right) => left.CompareTo(right) <= 0;

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator >=(ResourceTraits left, ResourceTraits right) => left.CompareTo(right) >= 0;

    private int CompareReservations(ResourceTraits other)
    {
        for (var i = 0; i < Math.Min(_reservations.Length, other._reservations.Length); i++)
        {
            var order = _reservations[i].CompareTo(other._reservations[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return _reservations.Length.CompareTo(other._reservations.Length);
    }
}
