using System.Collections.Immutable;
using System.Globalization;
using Edge.Agent.Profiles;
using Edge.Core.Resources;

namespace Edge.Agent.Fingerprint;

/// <summary>What a profile makes of the resources that were found.</summary>
internal static class ProfileOffer
{
    /// <summary>Replaces what was found by what the profile says, but never by more processors or memory than the machine has.</summary>
    /// <param name="warnings">Gets a sentence for each amount that was cut.</param>
    public static ResourceSet Apply(
        ResourceSet found, MachineFacts machine, BoardProfile profile, ImmutableArray<string>.Builder warnings)
    {
        var result = found;
        var total = machine.MemoryMb.Value;
        if (profile.Limits.ReservedMemoryMb is { } reserved && total > 0)
        {
            // A board with less memory than the profile was made for still gets something.
            var rest = total > reserved ? total - reserved : MemoryProbe.OfferMb(total);
            if (total <= reserved)
            {
                warnings.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The profile '{profile.Board}' keeps {reserved} MB of memory, the machine has {total}; {rest} MB are offered."));
            }

            result = Set(result, Resource.Of("mem", Scalar.FromWhole(rest)));
        }

        // What is known of the machine bounds the profile; what is a guess does not.
        var mostCpus = machine.Cpus.Fault is null ? machine.Cpus.Value : long.MaxValue;
        var mostMemory = total == 0 ? long.MaxValue : (long)result.GetScalar("mem").ToDouble();
        var resources = profile.Resources;
        resources = Cut(resources, "cpus", mostCpus, profile.Board, warnings);
        resources = Cut(resources, "mem", mostMemory, profile.Board, warnings);
        return Replace(result, resources, profile.ResourceNames);
    }

    /// <summary>The resources with everything under the given names replaced.</summary>
    public static ResourceSet Replace(ResourceSet resources, ResourceSet given, IReadOnlyCollection<string> names) =>
        resources.Filter(r => !names.Contains(r.Name)).Add(given);

    private static ResourceSet Cut(
        ResourceSet resources, string name, long most, string board, ImmutableArray<string>.Builder warnings)
    {
        var said = resources.GetScalar(name);
        if (most == long.MaxValue || said <= Scalar.FromWhole(most))
        {
            return resources;
        }

        warnings.Add($"The profile '{board}' says {name}:{said}, and this machine has {most} to offer; {most} is offered.");
        return Set(resources, Resource.Of(name, Scalar.FromWhole(most)));
    }

    private static ResourceSet Set(ResourceSet resources, Resource item) =>
        Replace(resources, ResourceSet.Of(item), [item.Name]);
}
