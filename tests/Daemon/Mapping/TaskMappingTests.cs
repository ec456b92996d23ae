#pragma warning disable CS0612 // The old field of frameworks is tested too.
using System.Text;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Google.Protobuf;

namespace Edge.Tests.Daemon.Mapping;

public sealed class TaskMappingTests
{
    private const string Head = """
        "name":"n","task_id":{"value":"t"},"agent_id":{"value":"a"},
        "resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":1}}]
        """;

    [Fact]
    public void Task_KeepsWhatTheKernelNeeds_AndAllOfTheMessage()
    {
        var task = Parse("""
            "command":{"value":"/bin/echo","shell":false,"arguments":["echo","a b"],"user":"nobody",
              "environment":{"variables":[{"name":"A","value":"1"},{"name":"B","value":""}]} },
            "kill_policy":{"grace_period":{"nanoseconds":2500000000} },"data":"AAEC","labels":{"labels":[{"key":"k"}]}
            """);
        var spec = TaskMapping.FromMessage(task);
        Assert.Empty(spec.Problems);
        Assert.Equal(("t", "n", "a"), (spec.Id.Value, spec.Name, spec.Node.Value));
        Assert.Equal(TimeSpan.FromSeconds(2.5), spec.KillGrace);
        Assert.False(spec.Command!.Shell);
        Assert.Equal("echo|a b", string.Join('|', spec.Command.Arguments));
        Assert.Equal("nobody", spec.Command.User);
        Assert.Equal("A=1|B=", string.Join('|', spec.Command.Environment.Select(v => $"{v.Key}={v.Value}")));
        Assert.Equal(task, TaskMapping.ToMessage(spec));

        var again = TaskMapping.FromWire(spec.Wire);
        Assert.Equal(spec.Resources, again.Resources);
        Assert.Equal(string.Join('|', spec.Command.Arguments), string.Join('|', again.Command!.Arguments));
        Assert.Equal(task, TaskMapping.ToMessage(again));
    }

    [Fact]
    public void UnknownFields_TravelAlong()
    {
        byte[] wire = [.. Parse("\"command\":{\"value\":\"true\"}").ToByteArray(), 0xFA, 0x3F, 0x03, (byte)'n', (byte)'e', (byte)'w'];
        var task = MesosProto.TryParse<TaskInfo>(wire.AsSpan()).Message!;
        Assert.Equal(wire, TaskMapping.FromMessage(task).Wire.ToArray());
    }

    [Theory]
    [InlineData("\"kill_policy\":{\"grace_period\":{\"nanoseconds\":-1} }", "negative 'kill_policy.grace_period'")]
    [InlineData("\"max_completion_time\":{\"nanoseconds\":-1}", "negative 'max_completion_time'")]
    [InlineData("\"limits\":{\"disk\":{\"value\":1} }", "a limit of 'disk'")]
    [InlineData("\"limits\":{\"cpus\":{\"value\":0.5} }", "limit of cpus below")]
    [InlineData("\"health_check\":{\"type\":\"HTTP\"}", "invalid 'health_check'")]
    [InlineData("\"check\":{\"type\":\"TCP\"}", "invalid 'check'")]
    [InlineData("\"container\":{\"type\":\"DOCKER\"}", "without 'docker'")]
    [InlineData("\"container\":{\"type\":\"DOCKER\",\"docker\":{\"image\":\"i\"} }", "DOCKER container")]
    [InlineData("\"container\":{\"type\":\"MESOS\",\"mesos\":{\"image\":{\"type\":\"DOCKER\"} } }", "an image")]
    [InlineData("\"container\":{\"type\":\"MESOS\",\"volumes\":[{\"mode\":\"RW\",\"container_path\":\"p\"}]}", "volumes")]
    [InlineData("\"command\":{\"value\":\"x\",\"uris\":[{\"value\":\"http://a/b\"}]}", "'uris'")]
    [InlineData(
        "\"command\":{\"value\":\"x\",\"environment\":{\"variables\":[{\"name\":\"S\",\"type\":\"SECRET\"}]} }", "'S' from a secret")]
    [InlineData("\"command\":{\"value\":\"x\",\"environment\":{\"variables\":[{\"name\":\"S\"}]} }", "'S' without a value")]
    public void WhatIsWrong_IsNamed(string field, string word) =>
        Assert.Contains(word, Assert.Single(TaskMapping.FromMessage(Parse(field)).Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"type\":\"UNKNOWN\",\"tcp\":{\"port\":80}", "part that belongs")]
    [InlineData("\"type\":\"TCP\",\"http\":{\"port\":80}", "part that belongs")]
    [InlineData("\"tcp\":{\"port\":0}", "port is no number")]
    [InlineData("\"http\":{\"port\":65536}", "port is no number")]
    [InlineData("\"http\":{\"port\":80,\"scheme\":\"ftp\"}", "scheme is 'ftp'")]
    [InlineData("\"http\":{\"port\":80,\"path\":\"health\"}", "path does not start with")]
    [InlineData("\"http\":{\"port\":80,\"path\":\"/a\\r\\nb:c\"}", "path does not start with")]
    [InlineData("\"command\":{\"shell\":true}", "no 'value' for the shell")]
    [InlineData("\"command\":{\"shell\":false}", "no 'value' to execute")]
    [InlineData("\"command\":{\"value\":\"a\\u0000b\"}", "NUL")]
    [InlineData(
        "\"command\":{\"value\":\"x\",\"environment\":{\"variables\":[{\"name\":\"S\"}]} }", "'S' without a value")]
    [InlineData("\"tcp\":{\"port\":80},\"delay_seconds\":-1", "'delay_seconds' is -1")]
    [InlineData("\"tcp\":{\"port\":80},\"interval_seconds\":\"NaN\"", "'interval_seconds' is NaN")]
    [InlineData("\"tcp\":{\"port\":80},\"timeout_seconds\":\"Infinity\"", "'timeout_seconds'")]
    [InlineData("\"tcp\":{\"port\":80},\"grace_period_seconds\":1e10", "'grace_period_seconds'")]
    public void WhatIsWrongWithAHealthCheck_IsNamed(string fields, string word) => Assert.Contains(
        word, Assert.Single(TaskMapping.FromMessage(Parse($"\"health_check\":{{{fields}}}")).Problems), StringComparison.Ordinal);

    [Fact]
    public void HealthCheck_IsReadWithTheDefaultsOfMesos()
    {
        Assert.Null(TaskMapping.FromMessage(Parse("\"command\":{\"value\":\"x\"}")).Health);
        var tcp = TaskMapping.FromMessage(Parse("\"health_check\":{\"tcp\":{\"port\":80,\"protocol\":\"IPv6\"} }")).Health!;
        Assert.Equal(new Edge.Core.Model.HealthCheck { Kind = HealthCheckKind.Tcp, Port = 80, Ipv6 = true }, tcp);
        Assert.Equal(
            (15, 10, 20, 10), (tcp.Delay.TotalSeconds, tcp.Interval.TotalSeconds, tcp.Timeout.TotalSeconds, tcp.Grace.TotalSeconds));
        Assert.Equal(3, tcp.ConsecutiveFailures);
    }

    [Fact]
    public void HealthCheck_KeepsItsKindAndTimes_AlsoFromItsBytes()
    {
        var spec = TaskMapping.FromMessage(Parse("""
            "health_check":{"type":"HTTP","http":{"port":8080,"scheme":"https","path":"/ping?a=1","statuses":[200,404]},
              "delay_seconds":0.5,"interval_seconds":1.5,"timeout_seconds":2,"consecutive_failures":0,"grace_period_seconds":0}
            """));
        Assert.Empty(spec.Problems);
        var check = TaskMapping.FromWire(spec.Wire).Health!;
        Assert.Equal((HealthCheckKind.Http, 8080, "https", "/ping?a=1"), (check.Kind, check.Port, check.Scheme, check.Path));
        Assert.Equal([200, 404], check.Statuses.ToArray());
        Assert.Equal(
            (0.5, 1.5, 2, 0),
            (check.Delay.TotalSeconds, check.Interval.TotalSeconds, check.Timeout.TotalSeconds, check.Grace.TotalSeconds));
        Assert.Equal(0, check.ConsecutiveFailures);
        var command = TaskMapping.FromMessage(Parse("\"health_check\":{\"command\":{\"value\":\"test -e x\"} }")).Health!;
        Assert.Equal((HealthCheckKind.Command, true, "test -e x"), (command.Kind, command.Command!.Shell, command.Command.Value));
    }

    [Fact]
    public void SoundExtras_AreNoProblem() => Assert.Empty(TaskMapping.FromMessage(Parse("""
        "health_check":{"http":{"port":80} },"limits":{"cpus":{"value":"Infinity"} },"container":{"type":"MESOS"},
        "command":{"value":"x"}
        """)).Problems);

    [Fact]
    public void DamagedBytes_AreReportedAsSuch()
    {
        Assert.Throws<InvalidDataException>(() => TaskMapping.FromWire(new byte[] { 1, 2, 3 }));
        Assert.Throws<InvalidDataException>(() => FrameworkMapping.FromWire(new byte[] { 1, 2, 3 }));
    }

    [Fact]
    public void Framework_ReadsBackFromItsBytes_WithWhatTheClusterKeeps()
    {
        var info = new FrameworkInfo
        {
            User = "u",
            Name = "n",
            FailoverTimeout = 3.5,
            Role = "web",
            Labels = new Labels { Labels_ = { new Label { Key = "k", Value = "v" } } },
            Capabilities = { new FrameworkInfo.Types.Capability { Type = FrameworkInfo.Types.Capability.Types.Type.PartitionAware } },
        };
        var spec = FrameworkMapping.FromMessage(info);
        Assert.Empty(spec.Problems);
        Assert.Null(spec.Id);
        Assert.Equal("web", string.Join('|', spec.Roles));
        Assert.Equal(TimeSpan.FromSeconds(3.5), spec.FailoverTimeout);
        Assert.Equal(FrameworkCapabilities.PartitionAware, spec.Capabilities);
        Assert.Equal(spec with { Roles = [], Problems = [] }, FrameworkMapping.FromWire(spec.Wire) with
        {
            Roles = [],
            Problems = [],
            Wire = spec.Wire,
        });

        info.Id = new FrameworkID { Value = "id-1" };
        info.User = "kept";
        info.Checkpoint = false;
        Assert.Equal(info, FrameworkMapping.ToMessage(spec with { Id = new FrameworkId("id-1"), User = "kept" }));
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(-1, 0)]
    [InlineData(double.PositiveInfinity, 9.2e9)]
    public void Framework_FailoverTimeoutsBeyondReason_AreProblemsAndStayInRange(double seconds, double kept)
    {
        var spec = FrameworkMapping.FromMessage(new FrameworkInfo { User = "u", Name = "n", FailoverTimeout = seconds });
        Assert.Contains("failover_timeout", Assert.Single(spec.Problems), StringComparison.Ordinal);
        Assert.Equal(kept, spec.FailoverTimeout.TotalSeconds);
    }

    [Fact]
    public void Framework_KnownOnlyFromItsTasks_IsWrittenAllTheSame()
    {
        var info = FrameworkMapping.ToMessage(new FrameworkSpec
        {
            Id = new FrameworkId("f"),
            Name = "f",
            User = "u",
            Roles = ["a", "b"],
            Capabilities = FrameworkCapabilities.MultiRole,
            Wire = default,
        });
        Assert.Equal(["a", "b"], info.Roles);
        Assert.Equal("f", info.Id.Value);
        Assert.Empty(MesosProto.MissingRequired(info));
    }

    private static TaskInfo Parse(string fields)
    {
        var read = MesosJson.Parse<TaskInfo>(Encoding.UTF8.GetBytes("{" + Head + "," + fields + "}").AsSpan());
        Assert.True(read.Ok, read.Error);
        return read.Message;
    }
}
