namespace Edge.Contracts.Marathon;

/// <summary>The rules of health, readiness and plain checks: which port they mean, which fields go with which protocol.</summary>
/// <remarks>Source: Marathon 1.10, AppValidation and the health check conversion.</remarks>
internal static class HealthRules
{
    private const string PortIndexError =
        "Health check port indices must address an element of the ports array or container port mappings.";

    private static readonly string[] s_checks = ["http", "tcp", "exec"];

    public static void Run(MapNode app, MarathonErrors errors)
    {
        var ports = app.Map("container")?.List("portMappings")?.Items ?? app.Items("portDefinitions");
        CheckHealth(app, ports.Count, errors);
        CheckReadiness(app, [.. ports.OfType<MapNode>().Select(p => p.Text("name")).OfType<string>()], errors);
        if (app.Map("check") is { } check)
        {
            CheckPlain(check, ports.Count, errors);
        }
    }

    private static void CheckHealth(MapNode app, int ports, MarathonErrors errors)
    {
        var checks = (app.List("healthChecks")?.Maps ?? []).ToArray();
        var image = app.Map("container")?.Text("type") == "DOCKER";
        for (var i = 0; i < checks.Length; i++)
        {
            var path = $"/healthChecks({i})";
            CheckOne(checks[i], path, errors);
            errors.AddIf(!HasPort(checks[i], ports), path, PortIndexError);
            errors.AddIf(
                checks[i].Text("ipProtocol") == "IPv6" && !(image && Protocol(checks[i]).StartsWith("MESOS_", StringComparison.Ordinal)),
                path, "IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks");
        }

        // Commands do not count, for the sake of old apps that have several.
        errors.AddIf(
            checks.Count(c => Protocol(c).StartsWith("MESOS_", StringComparison.Ordinal)) > 1,
            "/healthChecks", "AppDefinition can contain at most one Mesos health check");
    }

    private static void CheckOne(MapNode check, string path, MarathonErrors errors)
    {
        var protocol = Protocol(check);
        var command = protocol == "COMMAND";
        errors.AddIf(command && !check.Has("command"), path + "/command", "must be defined for protocol COMMAND");
        errors.AddIf(command && check.Map("command")?.Text("value") is "", path + "/command/value", "must not be empty");
        errors.AddIf(!command && check.Has("command"), path + "/command", "may only be defined for protocol COMMAND");
        errors.AddIf(
            !protocol.Contains("HTTP", StringComparison.Ordinal) && check.Has("path"),
            path + "/path", "may only be defined for HTTP and HTTPS");
        errors.AddIf(
            check.Has("ignoreHttp1xx") && protocol is not ("HTTP" or "HTTPS"),
            path + "/ignoreHttp1xx", "may only be defined for HTTP and HTTPS");
        errors.AddIf(
            command && (check.Has("port") || check.Has("portIndex")), path, "a command health check has no port");
        errors.AddIf(
            check.Has("port") && check.Has("portIndex"), path, "must specify either a port or a portIndex, not both");
    }

    private static void CheckReadiness(MapNode app, string[] names, MarathonErrors errors)
    {
        var checks = (app.List("readinessChecks")?.Maps ?? []).ToArray();
        errors.AddIf(checks.Length > 1, "/readinessChecks", $"got {checks.Length}, expected 1 or less");
        for (var i = 0; i < checks.Length; i++)
        {
            var name = checks[i].Text("portName") ?? string.Empty;
            var timeout = checks[i].Number("timeoutSeconds");
            var interval = checks[i].Number("intervalSeconds");
            errors.AddIf(
                !names.Contains(name), $"/readinessChecks({i})/portName", $"No port definition reference for portName {name}");
            errors.AddIf(
                timeout >= interval, $"/readinessChecks({i})/timeoutSeconds", $"got {timeout:0}, expected less than {interval:0}");

            // Marathon takes any text, and then fails at every poll.
            errors.AddIf(
                checks[i].Text("path") is { } path && (!path.StartsWith('/') || path.AsSpan().ContainsAnyExceptInRange('!', '~')),
                $"/readinessChecks({i})/path", "must start with '/' and hold neither blanks nor characters that a URL has to encode");
        }
    }

    private static void CheckPlain(MapNode check, int ports, MarathonErrors errors)
    {
        errors.AddIf(
            s_checks.Count(check.Has) != 1, "/check", "must define exactly one of http, tcp and exec");
        foreach (var kind in s_checks)
        {
            if (kind != "exec" && check.Map(kind) is { } port)
            {
                errors.AddIf(
                    port.Has("port") == port.Has("portIndex"), "/check/" + kind, "must specify either a port or a portIndex, not both");
                errors.AddIf(port.Number("portIndex") >= ports, "/check/" + kind, PortIndexError);
            }
        }
    }

    private static string Protocol(MapNode check) => check.Text("protocol") ?? "HTTP";

    private static bool HasPort(MapNode check, int ports) =>
        Protocol(check) == "COMMAND" || !check.Has("portIndex") || check.Number("portIndex") < ports;
}
