using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Tests.Agent.Health;

/// <summary>Running tasks with a health check.</summary>
internal static class CheckedTasks
{
    public static ClusterTask Make(string id, HealthCheck check) => new()
    {
        Key = new TaskKey(new FrameworkId("fw"), new TaskId(id)),
        Spec = new TaskSpec
        {
            Id = new TaskId(id),
            Name = id,
            Node = new NodeId("agent-1"),
            Resources = ResourceSet.Empty,
            Command = new CommandSpec { Shell = true, Value = "sleep 1000", Environment = [new("GIVEN", "by the task")] },
            Health = check,
            Wire = default,
        },
        Node = new NodeId("agent-1"),
        Container = new ContainerId("c-" + id),
        Executor = new ExecutorId(id),
        Resources = ResourceSet.Empty,
        Role = "*",
        User = string.Empty,
        Observed = ObservedState.Running,
        LaunchedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>A task of an app that has a readiness check, and no other.</summary>
    public static ClusterTask Ready(string id, HealthCheck check, bool keeps = false)
    {
        var task = Make(id, check);
        return task with
        {
            Spec = task.Spec with { Health = null, Readiness = new ReadinessCheck("r", check, keeps) },
            Slot = new AppSlot
            {
                App = new AppId("/a"),
                Instance = new InstanceId("a.instance-1"),
                Incarnation = 1,
                ConfigHash = "h",
                Version = DateTimeOffset.UnixEpoch,
            },
        };
    }

    public static HealthCheck Http(int port, string path, params int[] statuses) =>
        new() { Kind = HealthCheckKind.Http, Port = port, Path = path, Statuses = [.. statuses] };

    public static HealthCheck Tcp(int port) => new() { Kind = HealthCheckKind.Tcp, Port = port };

    public static HealthCheck Shell(string command) => new()
    {
        Kind = HealthCheckKind.Command,
        Command = new CommandSpec { Shell = true, Value = command, Environment = [new("MORE", "by the check")] },
    };
}
