#pragma warning disable CS0612 // Frameworks and agents of before reservation refinement still use the old field.
using Edge.Core.Resources;
using Wire = Edge.Contracts.Mesos;

namespace Edge.Daemon.Mapping;

/// <summary>How a receiver wants resources written.</summary>
/// <param name="Allocation">True when it reads the role that an amount is allocated to: the capability MULTI_ROLE.</param>
/// <param name="Refinement">True when it reads stacks of reservations: the capability RESERVATION_REFINEMENT.</param>
public readonly record struct ResourceForm(bool Allocation, bool Refinement)
{
    /// <summary>The newest form, with everything in it: for our own journal and for operators.</summary>
    public static ResourceForm Full => new(Allocation: true, Refinement: true);
}

/// <summary>Resources of the kernel as Mesos messages.</summary>
/// <remarks>Source: mesos.proto, Resource; apache/mesos src/common/resources_utils.cpp, the formats before and after refinement.</remarks>
public static class ResourceMapping
{
    /// <summary>Writes a set; an item held in several copies is written as often.</summary>
    public static IEnumerable<Wire.Resource> ToWire(ResourceSet resources, ResourceForm form)
    {
        foreach (var item in resources.Items)
        {
            var wire = ToWire(item, form);
            for (var copy = 0; copy < item.Copies; copy++)
            {
                yield return wire;
            }
        }
    }

    /// <summary>Writes one resource.</summary>
    public static Wire.Resource ToWire(Resource resource, ResourceForm form)
    {
        var traits = resource.Traits;
        var wire = new Wire.Resource { Name = resource.Name };
        WriteValue(resource, wire);
        WriteReservations(traits, wire, form.Refinement);
        if (form.Allocation && traits.AllocationRole is { } role)
        {
            wire.AllocationInfo = new Wire.Resource.Types.AllocationInfo { Role = role };
        }

        if (traits.Disk is { } disk)
        {
            wire.Disk = ToWire(disk);
        }

        if (traits.Revocable)
        {
            wire.Revocable = new Wire.Resource.Types.RevocableInfo();
        }

        if (traits.Shared)
        {
            wire.Shared = new Wire.Resource.Types.SharedInfo();
        }

        if (traits.ProviderId is { } provider)
        {
            wire.ProviderId = new Wire.ResourceProviderID { Value = provider };
        }

        return wire;
    }

    /// <summary>Writes ranges.</summary>
    public static Wire.Value.Types.Ranges ToWire(RangeSet ranges)
    {
        var wire = new Wire.Value.Types.Ranges();
        foreach (var range in ranges.Ranges)
        {
            wire.Range.Add(new Wire.Value.Types.Range { Begin = range.Begin, End = range.End });
        }

        return wire;
    }

    private static void WriteValue(Resource resource, Wire.Resource wire)
    {
        switch (resource.Kind)
        {
            case ResourceKind.Scalar:
                wire.Type = Wire.Value.Types.Type.Scalar;
                wire.Scalar = new Wire.Value.Types.Scalar { Value = resource.Scalar.ToDouble() };
                break;
            case ResourceKind.Ranges:
                wire.Type = Wire.Value.Types.Type.Ranges;
                wire.Ranges = ToWire(resource.Ranges);
                break;
            default:
                wire.Type = Wire.Value.Types.Type.Set;
                wire.Set = new Wire.Value.Types.Set();
                wire.Set.Item.AddRange(resource.Set.Items);
                break;
        }
    }

    private static void WriteReservations(ResourceTraits traits, Wire.Resource wire, bool refinement)
    {
        // The old form has no room for a stack: such an amount keeps the new one.
        if (refinement || traits.Reservations.Length > 1)
        {
            wire.Reservations.AddRange(traits.Reservations.Select(ToWire));
            return;
        }

        wire.Role = traits.Role;
        if (traits.IsReserved && traits.Reservations[0] is { Kind: ReservationKind.Dynamic } dynamic)
        {
            wire.Reservation = Describe(dynamic);
        }
    }

    private static Wire.Resource.Types.ReservationInfo ToWire(Reservation reservation)
    {
        var wire = Describe(reservation);
        wire.Role = reservation.Role;
        wire.Type = reservation.Kind == ReservationKind.Static
            ? Wire.Resource.Types.ReservationInfo.Types.Type.Static
            : Wire.Resource.Types.ReservationInfo.Types.Type.Dynamic;
        return wire;
    }

    private static Wire.Resource.Types.ReservationInfo Describe(Reservation reservation)
    {
        var wire = new Wire.Resource.Types.ReservationInfo();
        if (reservation.Principal is { } principal)
        {
            wire.Principal = principal;
        }

        if (!reservation.Labels.IsDefaultOrEmpty)
        {
            wire.Labels = new Wire.Labels();
            foreach (var (key, value) in reservation.Labels)
            {
                var label = new Wire.Label { Key = key };
                if (value is not null)
                {
                    label.Value = value;
                }

                wire.Labels.Labels_.Add(label);
            }
        }

        return wire;
    }

    private static Wire.Resource.Types.DiskInfo ToWire(DiskInfo disk)
    {
        var wire = new Wire.Resource.Types.DiskInfo();
        if (disk.Persistence is { } persistence)
        {
            wire.Persistence = new Wire.Resource.Types.DiskInfo.Types.Persistence { Id = persistence.Id };
            if (persistence.Principal is { } principal)
            {
                wire.Persistence.Principal = principal;
            }
        }

        if (disk.Volume is { } volume)
        {
            wire.Volume = new Wire.Volume
            {
                ContainerPath = volume.ContainerPath,
                Mode = volume.ReadOnly ? Wire.Volume.Types.Mode.Ro : Wire.Volume.Types.Mode.Rw,
            };
            if (volume.HostPath is { } host)
            {
                wire.Volume.HostPath = host;
            }
        }

        if (disk.Source is { } source)
        {
            wire.Source = ToWire(source);
        }

        return wire;
    }

    private static Wire.Resource.Types.DiskInfo.Types.Source ToWire(DiskSource source)
    {
        var wire = new Wire.Resource.Types.DiskInfo.Types.Source
        {
            Type = source.Kind switch
            {
                DiskSourceKind.Path => Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Path,
                DiskSourceKind.Mount => Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Mount,
                DiskSourceKind.Block => Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Block,
                DiskSourceKind.Raw => Wire.Resource.Types.DiskInfo.Types.Source.Types.Type.Raw,
            },
        };
        if (source.Kind == DiskSourceKind.Path)
        {
            wire.Path = new Wire.Resource.Types.DiskInfo.Types.Source.Types.Path();
            if (source.Root is { } root)
            {
                wire.Path.Root = root;
            }
        }
        else if (source.Kind == DiskSourceKind.Mount)
        {
            wire.Mount = new Wire.Resource.Types.DiskInfo.Types.Source.Types.Mount();
            if (source.Root is { } root)
            {
                wire.Mount.Root = root;
            }
        }

        if (source.Id is { } id)
        {
            wire.Id = id;
        }

        if (source.Profile is { } profile)
        {
            wire.Profile = profile;
        }

        if (source.Vendor is { } vendor)
        {
            wire.Vendor = vendor;
        }

        return wire;
    }
}
