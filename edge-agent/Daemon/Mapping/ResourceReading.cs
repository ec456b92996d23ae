#pragma warning disable CS0612 // Frameworks and agents of before reservation refinement still use the old field.
using System.Collections.Immutable;
using Edge.Core.Resources;
using Wire = Edge.Contracts.Mesos;

namespace Edge.Daemon.Mapping;

/// <summary>Resources of a Mesos message, or what is wrong with them.</summary>
/// <param name="Resources">The sound ones; all of them when there is no fault.</param>
/// <param name="Fault">The first fault as a sentence; absent for a sound message.</param>
public readonly record struct ReadResources(ResourceSet Resources, string? Fault);

/// <summary>Resources of Mesos messages as values of the kernel, in both forms of reservations.</summary>
/// <remarks>Remote input: never throws. Source: apache/mesos src/common/resources.cpp, Resources::validate.</remarks>
public static class ResourceReading
{
    /// <summary>Reads a list; amounts that are zero to three decimals are left out.</summary>
    public static ReadResources Read(IEnumerable<Wire.Resource> wire)
    {
        var sound = new List<Resource>();
        string? fault = null;
        foreach (var item in wire)
        {
            var problem = TryRead(item, out var resource);
            if (problem is null)
            {
                sound.Add(resource!);
            }

            fault ??= problem;
        }

        return new ReadResources(ResourceSet.Of(sound), fault);
    }

    private static string? TryRead(Wire.Resource wire, out Resource? resource)
    {
        resource = null;
        if (ReadValue(wire, out var value) is { } wrongValue)
        {
            return wrongValue;
        }

        if (ReadReservations(wire, out var stack) is { } wrongReservation)
        {
            return wrongReservation;
        }

        if (ReadDisk(wire, out var disk) is { } wrongDisk)
        {
            return wrongDisk;
        }

        var traits = new ResourceTraits
        {
            Reservations = stack,
            AllocationRole = wire.AllocationInfo is { HasRole: true } allocation ? allocation.Role : null,
            Disk = disk,
            Revocable = wire.Revocable is not null,
            Shared = wire.Shared is not null,
            ProviderId = wire.ProviderId?.Value,
        };
        var read = value!.WithTraits(traits.Equals(ResourceTraits.None) ? ResourceTraits.None : traits);
        resource = read;
        return ResourceValidation.Validate(read);
    }

    private static string? ReadValue(Wire.Resource wire, out Resource? value)
    {
        value = null;
        switch (wire.Type)
        {
            case Wire.Value.Types.Type.Scalar when wire.Scalar is { } scalar:
                if (ResourceValidation.ValidateAmount(wire.Name, scalar.Value) is { } amount)
                {
                    return amount;
                }

                value = Resource.Of(wire.Name, scalar.Value);
                return null;
            case Wire.Value.Types.Type.Ranges when wire.Ranges is { } ranges:
                ValueRange[] read = [.. ranges.Range.Select(r => new ValueRange(r.Begin, r.End))];
                if (ResourceValidation.ValidateRanges(wire.Name, read) is { } overlap)
                {
                    return overlap;
                }

                value = Resource.Of(wire.Name, RangeSet.Of(read));
                return null;
            case Wire.Value.Types.Type.Set when wire.Set is { } set:
                if (ResourceValidation.ValidateItems(wire.Name, set.Item) is { } items)
                {
                    return items;
                }

                value = Resource.Of(wire.Name, ItemSet.Of(set.Item));
                return null;
            default:
                return $"The resource '{wire.Name}' has the type {wire.Type} without a value of that type; "
                    + "allowed are SCALAR with 'scalar', RANGES with 'ranges', SET with 'set'.";
        }
    }

    private static string? ReadReservations(Wire.Resource wire, out ImmutableArray<Reservation> stack)
    {
        stack = [];
        if (wire.Reservations.Count > 0)
        {
            if (wire.Reservation is not null || (wire.HasRole && wire.Role != RoleName.Unreserved))
            {
                return $"The resource '{wire.Name}' has 'reservations' beside 'role' or 'reservation'; allowed is one of the two forms.";
            }

            stack = [.. wire.Reservations.Select(r => Read(r, r.HasRole ? r.Role : RoleName.Unreserved, Kind(r)))];
            return wire.Reservations.Any(r => !r.HasRole || !r.HasType)
                ? $"A reservation of the resource '{wire.Name}' has no role or no type; both are needed."
                : null;
        }

        var role = wire.HasRole ? wire.Role : RoleName.Unreserved;
        if (wire.Reservation is { } reservation)
        {
            // The old form writes the role beside the reservation.
            stack = [Read(reservation, role, ReservationKind.Dynamic)];
            return null;
        }

        if (role != RoleName.Unreserved)
        {
            stack = [Reservation.Static(role)];
        }

        return null;
    }

    private static ReservationKind Kind(Wire.Resource.Types.ReservationInfo wire) =>
        wire.Type == Wire.Resource.Types.ReservationInfo.Types.Type.Static ? ReservationKind.Static : ReservationKind.Dynamic;

    private static Reservation Read(Wire.Resource.Types.ReservationInfo wire, string role, ReservationKind kind)
    {
        var labels = wire.Labels is null
            ? []
            : wire.Labels.Labels_.Select(l => KeyValuePair.Create(l.Key, l.HasValue ? l.Value : null)).ToImmutableArray();
        return new Reservation(kind, role, wire.HasPrincipal ? wire.Principal : null, labels);
    }

    private static string? ReadDisk(Wire.Resource wire, out DiskInfo? disk)
    {
        disk = null;
        if (wire.Disk is not { } read)
        {
            return null;
        }

        var persistence = read.Persistence is { } p ? new Persistence(p.Id, p.HasPrincipal ? p.Principal : null) : null;
        var volume = read.Volume is { } v
            ? new VolumeMount(v.ContainerPath, v.HasHostPath ? v.HostPath : null, v.Mode == Wire.Volume.Types.Mode.Ro)
            : null;
        if (read.Source is null)
        {
            disk = new DiskInfo(persistence, volume);
            return null;
        }

        if (Kind(read.Source.Type) is not { } kind)
        {
            return $"The disk of the resource '{wire.Name}' has a source of no known type; allowed are PATH, MOUNT, BLOCK and RAW.";
        }

        disk = new DiskInfo(persistence, volume, new DiskSource(
            kind,
            read.Source.Path is { HasRoot: true } path ? path.Root : read.Source.Mount is { HasRoot: true } mount ? mount.Root : null,
            read.Source.HasId ? read.Source.Id : null,
            read.Source.HasProfile ? read.Source.Profile : null,
            read.Source.HasVendor ? read.Source.Vendor : null));
        return null;
    }

    private static DiskSourceKind? Kind(Wire.Resource.Types.DiskInfo.Types.Source.Types.Type type) => type switch
    {
        Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Path => DiskSourceKind.Path,
        Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Mount => DiskSourceKind.Mount,
        Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Block => DiskSourceKind.Block,
        Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Raw => DiskSourceKind.Raw,
        Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Unknown => null,
    };
}
