using System.Collections.Immutable;
using System.Text.Json;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Google.Protobuf;
using HealthCheck = Edge.Contracts.Mesos.HealthCheck;
using Wire = Edge.Contracts.Sync;

namespace Edge.Daemon.Mapping;

/// <summary>The readiness check of an app's task, and what it shows, on the wire and in the kernel.</summary>
/// <remarks>Mesos knows no readiness, and its general checks neither schemes nor status codes: the check travels in the task's
/// <c>data</c>, which is for executors, and an app's task has none. Reading is total. Source: Marathon, readinessChecks.</remarks>
internal static class ReadinessMapping
{
    /// <summary>The check as the data of a task; null when the app has none.</summary>
    /// <param name="ports">The instance's, in the order of the app's port definitions.</param>
    public static ByteString? Build(AppFields fields, ImmutableArray<int> ports)
    {
        var check = fields.Items("readinessChecks").FirstOrDefault();
        if (check.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var http = new HealthCheck.Types.HTTPCheckInfo
        {
            Port = Port(fields, AppFields.Text(check, "portName") ?? "http-api", ports),
            Path = AppFields.Text(check, "path") ?? "/",
            Scheme = AppFields.Text(check, "protocol") == "HTTPS" ? "https" : "http",
        };
        http.Statuses.AddRange(Statuses(check));
        var wire = new Wire.ReadinessCheck
        {
            Name = AppFields.Text(check, "name") ?? "readinessCheck",
            Check = new HealthCheck
            {
                Type = HealthCheck.Types.Type.Http,
                Http = http,
                DelaySeconds = 0,
                IntervalSeconds = AppFields.Number(check, "intervalSeconds", 30),
                TimeoutSeconds = AppFields.Number(check, "timeoutSeconds", 10),
                GracePeriodSeconds = 0,
                ConsecutiveFailures = 0,
            }.ToByteString(),
            KeepsResponse = AppFields.Get(check, "preserveLastResponse").ValueKind == JsonValueKind.True,
        };
        return wire.ToByteString();
    }

    /// <summary>The check in a task's data; null when there is none.</summary>
    public static ReadinessCheck? Read(TaskInfo task)
    {
        if (task.Executor is not null || task.Data.IsEmpty || PodTasks.Find(task) is not null
            || SyncMapping.Parse(Wire.ReadinessCheck.Parser, task.Data.Span) is not { Name.Length: > 0 } wire
            || MesosProto.TryParse<HealthCheck>(wire.Check.Span) is not { Ok: true } read)
        {
            return null;
        }

        return HealthMapping.Read(read.Message) is { Kind: HealthCheckKind.Http } check
            ? new ReadinessCheck(wire.Name, check, wire.KeepsResponse)
            : null;
    }

    public static Wire.Readiness ToWire(TaskReadiness readiness) => new()
    {
        Ready = readiness.Ready,
        Response = readiness.Response is not { } response ? null : new Wire.ReadinessResponse
        {
            Status = response.Status,
            ContentType = response.ContentType,
            Body = response.Body,
        },
    };

    /// <summary>Remote input: what is too long is cut.</summary>
    public static TaskReadiness FromWire(Wire.Readiness wire) => new(
        wire.Ready,
        wire.Response is { } response ? ReadinessResponse.Bounded(response.Status, response.ContentType, response.Body) : null);

    private static uint[] Statuses(JsonElement check)
    {
        uint[] given =
        [
            .. AppFields.Items(AppFields.Get(check, "httpStatusCodesForReady"))
                .Where(s => s.ValueKind == JsonValueKind.Number).Select(s => (uint)Math.Clamp(s.GetDouble(), 0, int.MaxValue)),
        ];
        return given.Length > 0 ? given : [200];
    }

    /// <summary>The number of the port of that name; 0, at which nothing answers, when there is none.</summary>
    private static uint Port(AppFields fields, string name, ImmutableArray<int> ports) =>
        (uint)AppPorts.Read(fields).Zip(ports).FirstOrDefault(p => p.First.Name == name).Second;
}
