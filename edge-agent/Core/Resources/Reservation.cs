using System.Collections.Immutable;

namespace Edge.Core.Resources;

/// <summary>One layer of a reservation: resources kept for a role.</summary>
/// <remarks>Equal when kind, role, principal and the labels, in order, are equal. Source: Mesos Resource.ReservationInfo.</remarks>
/// <param name="Kind">Who made it.</param>
/// <param name="Role">The role it is kept for; never "*".</param>
/// <param name="Principal">Who asked for it; null when unknown.</param>
/// <param name="Labels">Free labels in the order given; a value may be absent. A default array counts as empty.</param>
public sealed record Reservation(
    ReservationKind Kind, string Role, string? Principal, ImmutableArray<KeyValuePair<string, string?>> Labels)
    : IComparable<Reservation>
{
    /// <summary>A reservation of the node's own configuration.</summary>
    public static Reservation Static(string role) => new(ReservationKind.Static, role, null, []);

    /// <summary>A reservation asked for at run time, without labels.</summary>
    public static Reservation Dynamic(string role, string? principal = null) => new(ReservationKind.Dynamic, role, principal, []);

    /// <inheritdoc/>
    public bool Equals(Reservation? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.Add(Role, StringComparer.Ordinal);
        hash.Add(Principal, StringComparer.Ordinal);
        foreach (var label in Labels.OrEmpty())
        {
            hash.Add(label.Key, StringComparer.Ordinal);
            hash.Add(label.Value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary>A total order that agrees with equality: role, kind, principal, labels.</summary>
    public int CompareTo(Reservation? other)
    {
        if (ReferenceEquals(this, other) || other is null)
        {
            return other is null ? 1 : 0;
        }

        var order = string.CompareOrdinal(Role, other.Role);
        order = order != 0 ? order : (int)Kind - (int)other.Kind;
        order = order != 0 ? order : string.CompareOrdinal(Principal, other.Principal);
        return order != 0 ? order : CompareLabels(Labels.OrEmpty(), other.Labels.OrEmpty());
    }

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator <(Reservation left, Reservation right) => left.CompareTo(right) < 0;

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator >(Reservation left, Reservation right) => left.CompareTo(right) > 0;

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator <=(Reservation left, Reservation right) => left.CompareTo(right) <= 0;

    /// <summary>Orders as <see cref="CompareTo"/>.</summary>
    public static bool operator >=(Reservation left, Reservation right) => left.CompareTo(right) >= 0;

    private static int CompareLabels(
        ImmutableArray<KeyValuePair<string, string?>> mine, ImmutableArray<KeyValuePair<string, string?>> theirs)
    {
        for (var i = 0; i < Math.Min(mine.Length, theirs.Length); i++)
        {
            var order = string.CompareOrdinal(mine[i].Key, theirs[i].Key);
            order = order != 0 ? order : string.CompareOrdinal(mine[i].Value, theirs[i].Value);
            if (order != 0)
            {
                return order;
            }
        }

        return mine.Length.CompareTo(theirs.Length);
    }
}
