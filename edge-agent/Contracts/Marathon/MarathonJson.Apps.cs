using System.Text.Json;

namespace Edge.Contracts.Marathon;

public static partial class MarathonJson
{
    /// <summary>An app: its definition, its version, and what is embedded.</summary>
    public static void WriteApp(Utf8JsonWriter writer, MarathonAppInfo app)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(app);
        writer.WriteStartObject();
        WriteDefinition(writer, app.Fields);
        WriteTime(writer, "version", app.Version);
        if (app is { LastScalingAt: { } scaled, LastConfigChangeAt: { } changed })
        {
            writer.WriteStartObject("versionInfo");
            WriteTime(writer, "lastScalingAt", scaled);
            WriteTime(writer, "lastConfigChangeAt", changed);
            writer.WriteEndObject();
        }

        if (app.Counts is { } counts)
        {
            writer.WriteNumber("tasksStaged", counts.Staged);
            writer.WriteNumber("tasksRunning", counts.Running);
            writer.WriteNumber("tasksHealthy", counts.Healthy);
            writer.WriteNumber("tasksUnhealthy", counts.Unhealthy);
        }

        WriteEmbedded(writer, app);
        writer.WriteEndObject();
    }

    /// <summary>The fields of a definition inside an object that the caller has begun: <c>appDefinition</c> of an event.</summary>
    public static void WriteDefinition(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> fields)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(fields);
        foreach (var (name, json) in fields)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json, skipInputValidation: true);
        }
    }

    /// <summary>A task.</summary>
    public static void WriteTask(Utf8JsonWriter writer, MarathonTaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(task);
        writer.WriteStartObject();
        writer.WriteString("appId", task.AppId);
        writer.WriteString("id", task.Id);
        writer.WriteString("host", task.Host);
        WriteArray(writer, "ports", task.Ports, (w, p) => w.WriteNumberValue(p));
        if (task.ServicePorts.Count > 0)
        {
            WriteArray(writer, "servicePorts", task.ServicePorts, (w, p) => w.WriteNumberValue(p));
        }

        WriteAddresses(writer, task.IpAddresses);
        WriteText(writer, "slaveId", task.SlaveId);
        writer.WriteString("state", task.State);
        WriteTime(writer, "stagedAt", task.StagedAt);
        WriteTime(writer, "startedAt", task.StartedAt);
        WriteTime(writer, "version", task.Version);
        WriteArray(writer, "localVolumes", task.LocalVolumes, WriteVolume);
        WriteText(writer, "region", task.Region);
        WriteText(writer, "zone", task.Zone);
        writer.WriteString("role", task.Role);
        if (task.HealthCheckResults.Count > 0)
        {
            WriteArray(writer, "healthCheckResults", task.HealthCheckResults, WriteHealth);
        }

        writer.WriteEndObject();
    }

    /// <summary>A group with what is embedded in it.</summary>
    public static void WriteGroup(Utf8JsonWriter writer, MarathonGroupInfo group)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(group);
        writer.WriteStartObject();
        writer.WriteString("id", group.Id);
        WriteTexts(writer, "dependencies", group.Dependencies);
        WriteTime(writer, "version", group.Version);
        if (group.Apps is not null)
        {
            WriteArray(writer, "apps", group.Apps, WriteApp);
        }

        if (group.Groups is not null)
        {
            WriteArray(writer, "groups", group.Groups, WriteGroup);
        }

        if (group.Pods is not null)
        {
            WriteArray(writer, "pods", group.Pods, WritePodStatus);
        }

        if (group.EnforceRole is { } enforce)
        {
            writer.WriteBoolean("enforceRole", enforce);
        }

        writer.WriteEndObject();
    }

    private static void WriteEmbedded(Utf8JsonWriter writer, MarathonAppInfo app)
    {
        if (app.Deployments is not null)
        {
            WriteIds(writer, "deployments", app.Deployments);
        }

        if (app.Readiness is not null)
        {
            WriteArray(writer, "readinessCheckResults", app.Readiness, WriteReadiness);
        }

        if (app.Tasks is not null)
        {
            WriteArray(writer, "tasks", app.Tasks, WriteTask);
        }

        if (app.LastTaskFailure is { } failure)
        {
            WriteFailure(writer, failure);
        }

        if (app.TaskStats is { } stats)
        {
            writer.WriteStartObject("taskStats");
            WriteStats(writer, "startedAfterLastScaling", stats.StartedAfterLastScaling);
            WriteStats(writer, "withLatestConfig", stats.WithLatestConfig);
            WriteStats(writer, "withOutdatedConfig", stats.WithOutdatedConfig);
            WriteStats(writer, "totalSummary", stats.TotalSummary);
            writer.WriteEndObject();
        }
    }

    private static void WriteFailure(Utf8JsonWriter writer, MarathonTaskFailure failure)
    {
        writer.WriteStartObject("lastTaskFailure");
        writer.WriteString("appId", failure.AppId);
        writer.WriteString("host", failure.Host);
        writer.WriteString("message", failure.Message);
        writer.WriteString("state", failure.State);
        writer.WriteString("taskId", failure.TaskId);
        WriteTime(writer, "timestamp", failure.Timestamp);
        WriteTime(writer, "version", failure.Version);
        WriteText(writer, "slaveId", failure.SlaveId);
        writer.WriteEndObject();
    }

    private static void WriteStats(Utf8JsonWriter writer, string name, MarathonStats? stats)
    {
        if (stats is null)
        {
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteStartObject("stats");
        writer.WriteStartObject("counts");
        writer.WriteNumber("staged", stats.Counts.Staged);
        writer.WriteNumber("running", stats.Counts.Running);
        writer.WriteNumber("healthy", stats.Counts.Healthy);
        writer.WriteNumber("unhealthy", stats.Counts.Unhealthy);
        writer.WriteEndObject();
        if (stats is { AverageSeconds: { } average, MedianSeconds: { } median })
        {
            writer.WriteStartObject("lifeTime");
            writer.WriteNumber("averageSeconds", average);
            writer.WriteNumber("medianSeconds", median);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteReadiness(Utf8JsonWriter writer, MarathonReadinessResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("name", result.Name);
        writer.WriteString("taskId", result.TaskId);
        writer.WriteBoolean("ready", result.Ready);
        if (result.LastResponse is { } response)
        {
            writer.WriteStartObject("lastResponse");
            writer.WriteNumber("status", response.Status);
            writer.WriteString("contentType", response.ContentType);
            writer.WriteString("body", response.Body);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteAddresses(Utf8JsonWriter writer, IEnumerable<MarathonIpAddress> addresses) =>
        WriteArray(writer, "ipAddresses", addresses, (w, address) =>
        {
            w.WriteStartObject();
            w.WriteString("ipAddress", address.Address);
            w.WriteString("protocol", address.Protocol);
            w.WriteEndObject();
        });

    private static void WriteVolume(Utf8JsonWriter writer, MarathonLocalVolume volume)
    {
        writer.WriteStartObject();
        writer.WriteString("runSpecId", volume.RunSpecId);
        writer.WriteString("containerPath", volume.ContainerPath);
        writer.WriteString("uuid", volume.Uuid);
        writer.WriteString("persistenceId", volume.PersistenceId);
        writer.WriteEndObject();
    }

    private static void WriteHealth(Utf8JsonWriter writer, MarathonHealthResult result)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("alive", result.Alive);
        writer.WriteNumber("consecutiveFailures", result.ConsecutiveFailures);
        WriteTime(writer, "firstSuccess", result.FirstSuccess);
        WriteTime(writer, "lastSuccess", result.LastSuccess);
        WriteTime(writer, "lastFailure", result.LastFailure);
        WriteText(writer, "lastFailureCause", result.LastFailureCause);
        writer.WriteString("instanceId", result.InstanceId);
        writer.WriteEndObject();
    }
}
