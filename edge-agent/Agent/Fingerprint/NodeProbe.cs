using System.Collections.Immutable;
using System.Globalization;
using Edge.Agent.Profiles;
using Edge.Core.Model;
using Edge.Core.Resources;
using Attribute = Edge.Core.Resources.Attribute;

namespace Edge.Agent.Fingerprint;

/// <summary>What this node is: found on the machine, corrected by its board's profile, corrected by the operator.</summary>
internal static class NodeProbe
{
    private static readonly ProbeFiles s_files = new();

    /// <summary>Changes with each boot; see <see cref="BootIdProbe"/> for what stands in where the kernel does not tell.</summary>
    public static string BootId() => BootIdProbe.Read(s_files).Value;

    /// <summary>Stays the same over boots; see <see cref="MachineIdProbe"/> for what stands in where the system has none.</summary>
    public static string MachineId() => MachineIdProbe.Read(s_files).Value;

    /// <summary>Reads the machine and the profile, and describes the node.</summary>
    public static NodeProbeResult Describe(NodeProbeInput input)
    {
        var machine = MachineFacts.Read(s_files, input.Data);
        if (string.IsNullOrEmpty(input.Profile))
        {
            return Merge(input, machine, profile: null);
        }

        var loaded = ProfileFiles.Load(input.Profile);
        var merged = Merge(input, machine, loaded.Profile);
        return loaded.Errors.IsEmpty ? merged : merged with { Description = null, Errors = [.. loaded.Errors, .. merged.Errors] };
    }

    /// <summary>Describes a node from values alone: fingerprint, then profile, then flags, each replacing by name.</summary>
    public static NodeProbeResult Merge(NodeProbeInput input, MachineFacts machine, BoardProfile? profile)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        warnings.AddRange(machine.Faults);
        if (profile is not null && profile.Architecture != machine.Architecture.Value)
        {
            errors.Add($"The profile '{profile.Board}' is for the architecture {profile.Architecture}, and this agent runs as "
                + $"{machine.Architecture.Value}; allowed is a profile for {machine.Architecture.Value}, or none.");
        }

        var resources = machine.Offer();
        if (profile is not null)
        {
            resources = ProfileOffer.Apply(resources, machine, profile, warnings);
        }

        var flag = ResourceText.Parse(input.Resources ?? string.Empty);
        errors.AddRange(flag.Errors.Select(e => "--resources: " + e));
        if (flag.Value is { } given)
        {
            resources = ProfileOffer.Replace(resources, given, flag.Names);
        }

        var attributes = Attributes(input, machine, profile, errors);
        var hostname = string.IsNullOrEmpty(input.Hostname) ? machine.Hostname.Value : input.Hostname;
        if (!HostnameProbe.IsName(hostname))
        {
            errors.Add(
                $"The host's name {ProbeFiles.Show(hostname)}; allowed is one word of {HostnameProbe.MaxLength} characters at most.");
        }

        var description = new NodeDescription
        {
            Hostname = hostname,
            Address = input.Address,
            Port = input.Port,
            Site = input.Site ?? string.Empty,
            Resources = resources,
            Attributes = attributes,
            Version = Version(),
        };
        return new NodeProbeResult(
            errors.Count == 0 ? description : null, profile, machine, errors.ToImmutable(), warnings.ToImmutable());
    }

    // Profile's, then the operator's, which win by name; arch and os only where nobody said.
    private static ImmutableArray<Attribute> Attributes(
        NodeProbeInput input, MachineFacts machine, BoardProfile? profile, ImmutableArray<string>.Builder errors)
    {
        var flag = AttributeText.Parse(input.Attributes ?? string.Empty);
        errors.AddRange(flag.Errors.Select(e => "--attributes: " + e));
        ImmutableArray<Attribute> given = flag.Value.IsDefault ? [] : flag.Value;
        ImmutableArray<Attribute> board = profile?.Attributes ?? [];
        ImmutableArray<Attribute> said = [.. board.Where(b => given.All(g => g.Name != b.Name)), .. given];
        Attribute[] found =
        [
            new("arch", AttributeValue.Of(machine.Architecture.Value)),
            new("os", AttributeValue.Of(OperatingSystem.IsLinux() ? "linux" : "unknown")),
        ];
        return [.. said, .. found.Where(f => said.All(s => s.Name != f.Name))];
    }

    private static string Version()
    {
        var version = typeof(NodeProbe).Assembly.GetName().Version ?? new Version(0, 0, 0);
        return string.Create(CultureInfo.InvariantCulture, $"{version.Major}.{version.Minor}.{Math.Max(version.Build, 0)}");
    }
}
