using System.Diagnostics;
using System.Text.Json;

namespace Edge.Contracts.Marathon;

public static partial class MarathonJson
{
    /// <summary>The data of an event: one JSON object, without line breaks.</summary>
    public static void WriteEvent(Utf8JsonWriter writer, MarathonEvent happened)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(happened);
        writer.WriteStartObject();
        writer.WriteString("eventType", happened.EventType);
        WriteTime(writer, "timestamp", happened.Timestamp);
        WriteEventFields(writer, happened);
        writer.WriteEndObject();
    }

    private static void WriteEventFields(Utf8JsonWriter writer, MarathonEvent happened)
    {
        switch (happened)
        {
            case MarathonEvent.ApiPost e:
                WriteTexts(writer, ("clientIp", e.ClientIp), ("uri", e.Uri));
                writer.WritePropertyName("appDefinition");
                WriteApp(writer, e.App);
                break;
            case MarathonEvent.Pod e:
                WriteTexts(writer, ("clientIp", e.ClientIp), ("uri", e.Uri));
                break;
            case MarathonEvent.StatusUpdate e:
                WriteStatusUpdate(writer, e);
                break;
            case MarathonEvent.FrameworkMessage e:
                WriteTexts(writer, ("executorId", e.ExecutorId), ("slaveId", e.SlaveId));
                writer.WriteBase64String("message", e.Data.Span);
                break;
            case MarathonEvent.StreamAttached e:
                WriteTexts(writer, ("remoteAddress", e.RemoteAddress));
                break;
            case MarathonEvent.StreamDetached e:
                WriteTexts(writer, ("remoteAddress", e.RemoteAddress));
                break;
            case MarathonEvent.SchedulerRegistered e:
                WriteTexts(writer, ("frameworkId", e.FrameworkId), ("master", e.Master));
                break;
            case MarathonEvent.SchedulerReregistered e:
                WriteTexts(writer, ("master", e.Master));
                break;
            case MarathonEvent.SchedulerDisconnected:
                break;
            case MarathonEvent.Subscribe e:
                WriteTexts(writer, ("clientIp", e.ClientIp), ("callbackUrl", e.CallbackUrl));
                break;
            case MarathonEvent.Unsubscribe e:
                WriteTexts(writer, ("clientIp", e.ClientIp), ("callbackUrl", e.CallbackUrl));
                break;
            default:
                WriteInstanceFields(writer, happened);
                break;
        }
    }

    private static void WriteInstanceFields(Utf8JsonWriter writer, MarathonEvent happened)
    {
        switch (happened)
        {
            case MarathonEvent.InstanceChanged e:
                WriteTexts(writer, ("instanceId", e.InstanceId), ("condition", e.Condition), ("runSpecId", e.RunSpecId));
                WriteTexts(writer, ("agentId", e.AgentId), ("host", e.Host));
                WriteTime(writer, "runSpecVersion", e.RunSpecVersion);
                break;
            case MarathonEvent.InstanceHealthChanged e:
                WriteTexts(writer, ("instanceId", e.InstanceId), ("runSpecId", e.RunSpecId));
                if (e.Healthy is { } healthy)
                {
                    writer.WriteBoolean("healthy", healthy);
                }

                WriteTime(writer, "runSpecVersion", e.RunSpecVersion);
                break;
            case MarathonEvent.UnknownInstanceTerminated e:
                WriteTexts(writer, ("instanceId", e.InstanceId), ("runSpecId", e.RunSpecId), ("condition", e.Condition));
                break;
            case MarathonEvent.HealthStatusChanged e:
                WriteTexts(writer, ("appId", e.AppId), ("instanceId", e.InstanceId));
                WriteTime(writer, "version", e.Version);
                writer.WriteBoolean("alive", e.Alive);
                break;
            case MarathonEvent.FailedHealthCheck e:
                WriteTexts(writer, ("appId", e.AppId), ("taskId", e.InstanceId));
                WriteRaw(writer, "healthCheck", e.HealthCheckJson);
                break;
            case MarathonEvent.AddHealthCheck e:
                WriteTexts(writer, ("appId", e.AppId));
                WriteTime(writer, "version", e.Version);
                WriteRaw(writer, "healthCheck", e.HealthCheckJson);
                break;
            case MarathonEvent.RemoveHealthCheck e:
                WriteTexts(writer, ("appId", e.AppId));
                break;
            case MarathonEvent.UnhealthyInstanceKill e:
                WriteTexts(writer, ("appId", e.AppId), ("taskId", e.TaskId), ("instanceId", e.InstanceId));
                WriteTime(writer, "version", e.Version);
                WriteTexts(writer, ("reason", e.Reason), ("host", e.Host), ("slaveId", e.SlaveId));
                break;
            case MarathonEvent.AppTerminated e:
                WriteTexts(writer, ("appId", e.AppId));
                break;
            default:
                WriteChangeFields(writer, happened);
                break;
        }
    }

    private static void WriteChangeFields(Utf8JsonWriter writer, MarathonEvent happened)
    {
        switch (happened)
        {
            case MarathonEvent.GroupChangeSuccess e:
                WriteTexts(writer, ("groupId", e.GroupId));
                WriteTime(writer, "version", e.Version);
                break;
            case MarathonEvent.GroupChangeFailed e:
                WriteTexts(writer, ("groupId", e.GroupId));
                WriteTime(writer, "version", e.Version);
                WriteTexts(writer, ("reason", e.Reason));
                break;
            case MarathonEvent.DeploymentSuccess e:
                WriteTexts(writer, ("id", e.Plan.Id));
                WritePlan(writer, e.Plan);
                break;
            case MarathonEvent.DeploymentFailed e:
                WriteTexts(writer, ("id", e.Plan.Id));
                WritePlan(writer, e.Plan);
                WriteTexts(writer, ("reason", e.Reason));
                break;
            case MarathonEvent.DeploymentInfo e:
                WriteProgress(writer, e.Plan, e.CurrentStep);
                break;
            case MarathonEvent.DeploymentStepSuccess e:
                WriteProgress(writer, e.Plan, e.CurrentStep);
                break;
            case MarathonEvent.DeploymentStepFailure e:
                WriteProgress(writer, e.Plan, e.CurrentStep);
                break;
            default:
                throw new UnreachableException($"{happened.GetType().Name} has no fields to write");
        }
    }

    private static void WriteStatusUpdate(Utf8JsonWriter writer, MarathonEvent.StatusUpdate e)
    {
        WriteTexts(writer, ("slaveId", e.Task.SlaveId), ("taskId", e.Task.Id), ("taskStatus", e.TaskStatus), ("message", e.Message));
        WriteTexts(writer, ("appId", e.Task.AppId), ("host", e.Task.Host));
        WriteAddresses(writer, e.Task.IpAddresses);
        WriteArray(writer, "ports", e.Task.Ports, (w, p) => w.WriteNumberValue(p));
        WriteTime(writer, "version", e.Task.Version);
    }

    private static void WriteProgress(Utf8JsonWriter writer, MarathonPlan plan, IReadOnlyList<MarathonAction> step)
    {
        WritePlan(writer, plan);
        writer.WritePropertyName("currentStep");
        WriteStep(writer, step);
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, string json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }

    private static void WriteTexts(Utf8JsonWriter writer, params ReadOnlySpan<(string Name, string? Text)> texts)
    {
        foreach (var (name, text) in texts)
        {
            WriteText(writer, name, text);
        }
    }
}
