using System.Globalization;
using Edge.Contracts.Mesos;
using Google.Protobuf;
using SchedulerCall = Edge.Contracts.Mesos.Scheduler.Call;
using SchedulerEvent = Edge.Contracts.Mesos.Scheduler.Event;
using TaskStatus = Edge.Contracts.Mesos.TaskStatus;

namespace Edge.Bench;

/// <summary>Messages of the size and shape that a real scheduler exchanges.</summary>
internal static class CodecMessages
{
    /// <summary>An event with so many offers: an agent each, with cpus, mem, disk, ports and three attributes.</summary>
    public static SchedulerEvent Offers(int count)
    {
        var offers = new SchedulerEvent { Type = SchedulerEvent.Types.Type.Offers, Offers = new() };
        offers.Offers.Offers_.AddRange(Enumerable.Range(0, count).Select(Offer));
        return offers;
    }

    /// <summary>A call that launches so many tasks by shell command, with resources, labels, environment and a health check.</summary>
    public static SchedulerCall Accept(int count)
    {
        var operation = new Offer.Types.Operation { Type = Edge.Contracts.Mesos.Offer.Types.Operation.Types.Type.Launch, Launch = new() };
        operation.Launch.TaskInfos.AddRange(Enumerable.Range(0, count).Select(Task));
        return new SchedulerCall
        {
            FrameworkId = new() { Value = "6f1c3d2a-7d0e-4c0b-9c6f-0d6f2a5b9e11-0003" },
            Type = SchedulerCall.Types.Type.Accept,
            Accept = new()
            {
                OfferIds = { new OfferID { Value = "6f1c3d2a-7d0e-4c0b-9c6f-0d6f2a5b9e11-O42" } },
                Operations = { operation },
                Filters = new() { RefuseSeconds = 5 },
            },
        };
    }

    /// <summary>An event with one status that has to be acknowledged.</summary>
    public static SchedulerEvent Update() => new()
    {
        Type = SchedulerEvent.Types.Type.Update,
        Update = new()
        {
            Status = new TaskStatus
            {
                TaskId = new() { Value = "web.9b1d7a6e" },
                State = TaskState.TaskRunning,
                Source = TaskStatus.Types.Source.Executor,
                AgentId = new() { Value = "6f1c3d2a-7d0e-4c0b-9c6f-0d6f2a5b9e11-S7" },
                ExecutorId = new() { Value = "web.9b1d7a6e" },
                Timestamp = 1_760_000_000.123456,
                Uuid = ByteString.CopyFrom([.. Enumerable.Range(1, 16).Select(i => (byte)i)]),
                Healthy = true,
                ContainerStatus = new()
                {
                    ContainerId = new() { Value = "0d0a4f5e-46b0-4f5e-9e7d-5a1f0f6a2c11" },
                    NetworkInfos = { new NetworkInfo { IpAddresses = { new NetworkInfo.Types.IPAddress { IpAddress = "10.1.2.3" } } } },
                },
            },
        },
    };

    private static Offer Offer(int index) => new()
    {
        Id = new() { Value = string.Create(CultureInfo.InvariantCulture, $"6f1c3d2a-7d0e-4c0b-9c6f-0d6f2a5b9e11-O{index}") },
        FrameworkId = new() { Value = "6f1c3d2a-7d0e-4c0b-9c6f-0d6f2a5b9e11-0003" },
        AgentId = new() { Value = string.Create(CultureInfo.InvariantCulture, $"6f1c3d2a-7d0e-4c0b-9c6f-0d6f2a5b9e11-S{index}") },
        Hostname = string.Create(CultureInfo.InvariantCulture, $"node-{index:0000}.site.example"),
        Url = new() { Scheme = "http", Address = new() { Hostname = "node.example", Ip = "10.0.0.1", Port = 5051 }, Path = "/slave(1)" },
        Resources =
        {
            Scalar("cpus", 3.75), Scalar("mem", 7168), Scalar("disk", 32_000),
            new Resource { Name = "ports", Type = Value.Types.Type.Ranges,
                Ranges = new() { Range = { new Value.Types.Range { Begin = 31_000, End = 31_999 } } } },
        },
        Attributes = { Text("rack", "r12"), Text("zone", "eu-west"), Text("arch", "arm64") },
        AllocationInfo = new() { Role = "web" },
    };

    private static TaskInfo Task(int index) => new()
    {
        Name = "web",
        TaskId = new() { Value = string.Create(CultureInfo.InvariantCulture, $"web.9b1d7a6e-{index}") },
        AgentId = new() { Value = "6f1c3d2a-7d0e-4c0b-9c6f-0d6f2a5b9e11-S7" },
        Resources = { Scalar("cpus", 0.1), Scalar("mem", 64) },
        Command = new()
        {
            Value = "exec ./server --port $PORT0 2>&1",
            Environment = new() { Variables = { new Edge.Contracts.Mesos.Environment.Types.Variable { Name = "PORT0", Value = "31005" } } },
            Uris = { new CommandInfo.Types.URI { Value = "https://files.example/server.tar.gz" } },
        },
        HealthCheck = new() { Type = HealthCheck.Types.Type.Http, Http = new() { Port = 31_005, Path = "/health" } },
        Labels = new() { Labels_ = { new Label { Key = "owner", Value = "team-a" }, new Label { Key = "tier", Value = "front" } } },
    };

    private static Resource Scalar(string name, double value) => new()
    {
        Name = name,
        Type = Value.Types.Type.Scalar,
        Scalar = new() { Value = value },
        AllocationInfo = new() { Role = "web" },
    };

    private static Edge.Contracts.Mesos.Attribute Text(string name, string value) =>
        new() { Name = name, Type = Value.Types.Type.Text, Text = new() { Value = value } };
}
