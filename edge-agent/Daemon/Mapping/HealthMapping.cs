using System.Globalization;
using Edge.Core.Model;
using Wire = Edge.Contracts.Mesos;
using WireKind = Edge.Contracts.Mesos.HealthCheck.Types.Type;

namespace Edge.Daemon.Mapping;

/// <summary>Health checks of tasks, as values of the kernel.</summary>
/// <remarks>Remote input: never throws. Source: mesos.proto, HealthCheck; apache/mesos src/checks/health_checker.cpp,
/// validation::healthCheck.</remarks>
internal static class HealthMapping
{
    private const int PortMax = ushort.MaxValue;

    /// <summary>A year: longer than any check waits, and far from where times overflow.</summary>
    private const double SecondsMax = 365 * 86_400;

    /// <summary>Reads a check; null when its kind or the part of its kind is missing.</summary>
    public static HealthCheck? Read(Wire.HealthCheck wire)
    {
        var check = new HealthCheck
        {
            Kind = HealthCheckKind.Command,
            Delay = ToTime(wire.DelaySeconds),
            Interval = ToTime(wire.IntervalSeconds),
            Timeout = ToTime(wire.TimeoutSeconds),
            ConsecutiveFailures = (int)Math.Min(wire.ConsecutiveFailures, int.MaxValue),
            Grace = ToTime(wire.GracePeriodSeconds),
        };
        return Kind(wire) switch
        {
            WireKind.Command when wire.Command is { } command => check with { Command = TaskMapping.Read(command) },
            WireKind.Http when wire.Http is { } http => check with
            {
                Kind = HealthCheckKind.Http,
                Port = ToPort(http.Port),
                Scheme = http.HasScheme ? http.Scheme : "http",
                Path = http.HasPath && http.Path.Length > 0 ? http.Path : "/",
                Ipv6 = http.Protocol == Wire.NetworkInfo.Types.Protocol.Ipv6,
                Statuses = [.. http.Statuses.Select(s => (int)Math.Min(s, int.MaxValue))],
            },
            WireKind.Tcp when wire.Tcp is { } tcp => check with
            {
                Kind = HealthCheckKind.Tcp,
                Port = ToPort(tcp.Port),
                Ipv6 = tcp.Protocol == Wire.NetworkInfo.Types.Protocol.Ipv6,
            },
            _ => null,
        };
    }

    /// <summary>Names what is wrong, as the rest of a sentence about the task.</summary>
    public static IEnumerable<string> Find(Wire.HealthCheck wire)
    {
        if (Read(wire) is not { } check)
        {
            yield return "has an invalid 'health_check': the part that belongs to its type is missing";
            yield break;
        }

        foreach (var (name, seconds) in Times(wire))
        {
            if (!(seconds is >= 0 and <= SecondsMax))
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"has an invalid 'health_check': '{name}' is {seconds}; allowed are seconds from 0 to {SecondsMax}");
            }
        }

        if (FindPart(check) is { } problem)
        {
            yield return $"has an invalid 'health_check': {problem}";
        }
    }

    /// <summary>The kind that is named, or else the one whose part is there. Source: Mesos master.cpp, task validation.</summary>
    private static WireKind Kind(Wire.HealthCheck wire) => wire.HasType ? wire.Type
        : wire.Command is not null ? WireKind.Command
        : wire.Http is not null ? WireKind.Http
        : wire.Tcp is not null ? WireKind.Tcp
        : WireKind.Unknown;

    private static IEnumerable<(string Name, double Seconds)> Times(Wire.HealthCheck wire)
    {
        yield return ("delay_seconds", wire.DelaySeconds);
        yield return ("interval_seconds", wire.IntervalSeconds);
        yield return ("timeout_seconds", wire.TimeoutSeconds);
        yield return ("grace_period_seconds", wire.GracePeriodSeconds);
    }

    private static string? FindPart(HealthCheck check) => check.Kind switch
    {
        HealthCheckKind.Command => FindCommand(check.Command!), // Read gives one with this kind.
        HealthCheckKind.Http => FindPort(check) ?? FindHttp(check),
        HealthCheckKind.Tcp => FindPort(check),
    };

    private static string? FindCommand(CommandSpec command)
    {
        if (string.IsNullOrEmpty(command.Value))
        {
            return command.Shell ? "its command has no 'value' for the shell" : "its command has no 'value' to execute";
        }

        return command.Arguments.Prepend(command.Value).Any(a => a.Contains('\0', StringComparison.Ordinal))
            ? "its command holds a NUL character"
            : null;
    }

    private static string? FindPort(HealthCheck check) =>
        check.Port is > 0 and <= PortMax ? null : $"its port is no number from 1 to {PortMax}";

    private static string? FindHttp(HealthCheck check)
    {
        if (check.Scheme is not ("http" or "https"))
        {
            return $"its scheme is '{check.Scheme}'; allowed are http and https";
        }

        return check.Path[0] != '/' || check.Path.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? "its path does not start with '/', or holds a blank or a character that a URL has to encode"
            : null;
    }

    /// <summary>Anything out of range becomes 0, which no check listens on.</summary>
    private static int ToPort(uint port) => port <= PortMax ? (int)port : 0;

    private static TimeSpan ToTime(double seconds) =>
        TimeSpan.FromSeconds(double.IsNaN(seconds) ? 0 : Math.Clamp(seconds, 0, SecondsMax));
}
