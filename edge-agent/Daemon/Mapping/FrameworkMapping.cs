#pragma warning disable CS0612 // Frameworks and agents of before reservation refinement still use the old field.
using System.Globalization;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Edge.Core.Resources;
using Google.Protobuf;

namespace Edge.Daemon.Mapping;

/// <summary>What frameworks say of themselves, as values of the kernel and back.</summary>
/// <remarks>Remote input: nothing throws; what is wrong becomes a sentence in <see cref="FrameworkSpec.Problems"/>, which the kernel
/// answers with an ERROR event. Source: mesos.proto, FrameworkInfo; apache/mesos src/master/validation.cpp, framework::validate.</remarks>
public static class FrameworkMapping
{
    /// <summary>Longest failover timeout, in seconds: what fits into 64 bits of nanoseconds, as in Mesos.</summary>
    private const double FailoverSecondsMax = 9.2e9;

    private const FrameworkCapabilities Known = FrameworkCapabilities.RevocableResources | FrameworkCapabilities.TaskKillingState
        | FrameworkCapabilities.GpuResources | FrameworkCapabilities.SharedResources | FrameworkCapabilities.PartitionAware
        | FrameworkCapabilities.MultiRole | FrameworkCapabilities.ReservationRefinement | FrameworkCapabilities.RegionAware;

    /// <summary>Reads a stored message; the way back from <see cref="FrameworkSpec.Wire"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no complete FrameworkInfo: the store was damaged.</exception>
    public static FrameworkSpec FromWire(ReadOnlyMemory<byte> wire)
    {
        var read = MesosProto.TryParse<FrameworkInfo>(wire.Span);
        return read.Ok
            ? Read(read.Message, wire)
            : throw new InvalidDataException($"A stored framework of {wire.Length} bytes is unreadable: {read.Error}.");
    }

    /// <summary>Reads a message that is part of a call.</summary>
    public static FrameworkSpec FromMessage(FrameworkInfo info) => Read(info, info.ToByteArray());

    /// <summary>Writes what stands: the original message with the id, user and checkpoint that the cluster keeps.</summary>
    public static FrameworkInfo ToMessage(FrameworkSpec spec)
    {
        var info = MesosProto.TryParse<FrameworkInfo>(spec.Wire.Span).Message ?? Rebuild(spec);
        info.User = spec.User;
        info.Checkpoint = spec.Checkpoint;
        if (spec.Id is { } id)
        {
            info.Id = new FrameworkID { Value = id.Value };
        }

        return info;
    }

    /// <summary>The declared capabilities, ascending by number.</summary>
    public static IEnumerable<FrameworkInfo.Types.Capability.Types.Type> Capabilities(FrameworkSpec spec) =>
        Enum.GetValues<FrameworkInfo.Types.Capability.Types.Type>().Where(t => ((int)spec.Capabilities & (1 << (int)t) & (int)Known) != 0);

    private static FrameworkSpec Read(FrameworkInfo info, ReadOnlyMemory<byte> wire)
    {
        var capabilities = FrameworkCapabilities.None;
        foreach (var capability in info.Capabilities.Where(c => c.HasType))
        {
            capabilities |= (FrameworkCapabilities)(1 << (int)capability.Type) & Known;
        }

        var multiRole = (capabilities & FrameworkCapabilities.MultiRole) != 0;
        var failover = double.IsNaN(info.FailoverTimeout) ? 0 : Math.Clamp(info.FailoverTimeout, 0, FailoverSecondsMax);
        return new FrameworkSpec
        {
            // Some clients send an empty id on a first subscription.
            Id = info.Id is { Value.Length: > 0 } id ? new FrameworkId(id.Value) : null,
            Name = info.Name,
            User = info.User,
            Roles = multiRole ? [.. info.Roles] : [info.HasRole ? info.Role : RoleName.Unreserved],
            Capabilities = capabilities,
            FailoverTimeout = TimeSpan.FromSeconds(failover),
            Checkpoint = info.Checkpoint,
            Principal = info.HasPrincipal ? info.Principal : null,
            Hostname = info.Hostname,
            WebUiUrl = info.WebuiUrl,
            Problems = [.. FindProblems(info, multiRole)],
            Wire = wire,
        };
    }

    private static IEnumerable<string> FindProblems(FrameworkInfo info, bool multiRole)
    {
        if (multiRole && info.HasRole)
        {
            yield return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
        }

        if (!multiRole && info.Roles.Count > 0)
        {
            yield return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
        }

        if (!(info.FailoverTimeout is >= 0 and <= FailoverSecondsMax))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"The framework's 'failover_timeout' ({info.FailoverTimeout}) ")
                + "is invalid: allowed are seconds from 0 to 9.2e9";
        }
    }

    /// <summary>A message for a framework that is known only from its tasks.</summary>
    private static FrameworkInfo Rebuild(FrameworkSpec spec)
    {
        var info = new FrameworkInfo { User = spec.User, Name = spec.Name, FailoverTimeout = spec.FailoverTimeout.TotalSeconds };
        info.Capabilities.AddRange(Capabilities(spec).Select(type => new FrameworkInfo.Types.Capability { Type = type }));
        if ((spec.Capabilities & FrameworkCapabilities.MultiRole) != 0)
        {
            info.Roles.AddRange(spec.Roles);
        }
        else if (!spec.Roles.IsDefaultOrEmpty)
        {
            info.Role = spec.Roles[0];
        }

        return info;
    }
}
