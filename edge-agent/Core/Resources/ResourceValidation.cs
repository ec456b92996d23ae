using System.Collections.Immutable;
using System.Globalization;

namespace Edge.Core.Resources;

/// <summary>Says what is wrong with resources that came from outside, before they are added up.</summary>
/// <remarks>The raw forms (<see cref="ValidateAmount(string, double)"/>, <see cref="ValidateRanges"/>, <see cref="ValidateItems"/>)
/// check what a <see cref="Resource"/> cannot express: NaN, inverted or overlapping ranges, duplicates.
/// Source: Mesos Resources::validate.</remarks>
public static class ResourceValidation
{
    /// <summary>What is wrong with a resource, with what is allowed, or null when it is good. An empty value is good.</summary>
    public static string? Validate(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (string.IsNullOrWhiteSpace(resource.Name))
        {
            return "A resource has an empty name; allowed is any name such as cpus, mem, disk, gpus, ports.";
        }

        return ValidateKind(resource.Name, resource.Kind)
            ?? (resource.Kind == ResourceKind.Scalar ? ValidateAmount(resource.Name, resource.Scalar) : null)
            ?? ValidateTraits(resource);
    }

    /// <summary>The first fault of the resources, or null when all are good.</summary>
    public static string? Validate(IEnumerable<Resource> resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        foreach (var resource in resources)
        {
            if (Validate(resource) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>What is wrong with an amount as the wire carries it, or null.</summary>
    public static string? ValidateAmount(string name, double value) => Scalar.TryFromDouble(value, out var amount)
        ? ValidateAmount(name, amount)
        : string.Create(
            CultureInfo.InvariantCulture,
            $"The resource '{Printable.Quote(name)}' has the amount {value}; allowed are finite numbers from 0 to 1e12.");

    /// <summary>What is wrong with ranges as the wire carries them, or null.</summary>
    public static string? ValidateRanges(string name, IReadOnlyList<ValueRange> ranges) =>
        FaultOf(ranges) is { } fault ? $"The resource '{Printable.Quote(name)}' is wrong: {fault}." : null;

    /// <summary>What is wrong with a set as the wire carries it, or null.</summary>
    public static string? ValidateItems(string name, IReadOnlyList<string> items) =>
        FaultOf(items) is { } fault ? $"The resource '{Printable.Quote(name)}' is wrong: {fault}." : null;

    /// <summary>What is wrong with ranges, without the name and the full stop, or null.</summary>
    internal static string? FaultOf(IReadOnlyList<ValueRange> ranges)
    {
        foreach (var range in ranges)
        {
            if (range.Begin > range.End)
            {
                return $"the range {range} begins above its end; allowed is BEGIN-END with BEGIN not above END";
            }
        }

        var sorted = ranges.ToArray();
        Array.Sort(sorted, static (a, b) => a.Begin.CompareTo(b.Begin));
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Begin <= sorted[i - 1].End)
            {
                return $"the ranges {sorted[i - 1]} and {sorted[i]} overlap; allowed is each number once";
            }
        }

        return null;
    }

    /// <summary>What is wrong with the names of a set, without the name of the resource and the full stop, or null.</summary>
    internal static string? FaultOf(IReadOnlyList<string> items)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item.Length == 0)
            {
                return "the set holds an empty name; allowed are names with at least one character";
            }

            if (!seen.Add(item))
            {
                return $"the set holds '{Printable.Quote(item)}' twice; allowed is each name once";
            }
        }

        return null;
    }

    /// <summary>What is wrong with the kind of a well-known name, or null. Other names may be of any kind.</summary>
    internal static string? ValidateKind(string name, ResourceKind kind)
    {
        ResourceKind? expected = name switch
        {
            "cpus" or "mem" or "disk" or "gpus" => ResourceKind.Scalar,
            "ports" => ResourceKind.Ranges,
            _ => null,
        };
        if (expected is null || expected == kind)
        {
            return null;
        }

        var allowed = expected == ResourceKind.Scalar ? "a number" : "ranges such as [31000-32000]";
        return $"The resource '{name}' is given as {Describe(kind)}; allowed is {allowed}.";
    }

    private static string? ValidateAmount(string name, Scalar amount)
    {
        if (amount < Scalar.Zero)
        {
            return $"The resource '{Printable.Quote(name)}' has the negative amount {amount}; allowed are numbers from 0.";
        }

        return name == "gpus" && !amount.IsWhole
            ? $"The resource 'gpus' has the amount {amount}; allowed are whole numbers."
            : null;
    }

    private static string? ValidateTraits(Resource resource)
    {
        var traits = resource.Traits;
        var name = Printable.Quote(resource.Name);
        if (traits.Disk is not null && resource.Name != "disk")
        {
            return $"The resource '{name}' carries disk information; allowed is that on 'disk' only.";
        }

        if (traits.Disk?.Persistence is { Id.Length: 0 })
        {
            return $"A persistent volume of '{name}' has an empty id; allowed are ids with at least one character.";
        }

        if (traits.Shared && traits.Disk?.Persistence is null)
        {
            return $"The resource '{name}' is shared; allowed is that for persistent volumes only.";
        }

        if (traits.AllocationRole is not null && RoleName.Validate(traits.AllocationRole) is { } fault)
        {
            return $"The resource '{name}' is allocated to a wrong role. {fault}";
        }

        return ValidateReservations(name, traits.Reservations);
    }

    private static string? ValidateReservations(string name, ImmutableArray<Reservation> reservations)
    {
        for (var i = 0; i < reservations.Length; i++)
        {
            var role = reservations[i].Role;
            if (role == RoleName.Unreserved)
            {
                return $"The resource '{name}' is reserved to '*'; allowed is any role but '*', which stands for unreserved.";
            }

            if (RoleName.Validate(role) is { } fault)
            {
                return $"The resource '{name}' is reserved to a wrong role. {fault}";
            }

            if (i > 0 && reservations[i].Kind == ReservationKind.Static)
            {
                return $"The resource '{name}' has a static reservation on top of another; allowed are static ones at the bottom only.";
            }

            if (i > 0 && !RoleName.IsStrictlyBelow(role, reservations[i - 1].Role))
            {
                var below = reservations[i - 1].Role;
                return $"The resource '{name}' is reserved to '{role}' on top of '{below}'; allowed are roles below '{below}'.";
            }
        }

        return null;
    }

    private static string Describe(ResourceKind kind) => kind switch
    {
        ResourceKind.Scalar => "a number",
        ResourceKind.Ranges => "ranges",
        ResourceKind.Set => "a set",
    };
}
