using System.Collections.Immutable;
using Edge.Contracts.Mesos;
using Edge.Core.Model;
using Edge.Daemon.Mapping;
using Edge.Tests.Core.Engine;
using Google.Protobuf;

namespace Edge.Tests.Daemon.Mapping;

/// <summary>The readiness check of an app, on its way to the node through the task.</summary>
public sealed class ReadinessMappingTests
{
    [Fact]
    public void Check_HasMarathonsDefaults()
    {
        var check = Travel("""{"portDefinitions":[{"name":"a"},{"name":"http-api"}],"readinessChecks":[{}]}""", [31001, 31002])!;
        Assert.Equal(("readinessCheck", false), (check.Name, check.KeepsResponse));
        Assert.Equal(
            (HealthCheckKind.Http, "http", 31002, "/"), (check.Check.Kind, check.Check.Scheme, check.Check.Port, check.Check.Path));
        Assert.Equal([200], check.Check.Statuses.ToArray());
        Assert.Equal(
            (0, 30, 10), (check.Check.Delay.TotalSeconds, check.Check.Interval.TotalSeconds, check.Check.Timeout.TotalSeconds));
    }

    [Fact]
    public void Check_KeepsEveryField()
    {
        var check = Travel(
            """
            {"portDefinitions":[{"name":"web"}],"readinessChecks":[{"name":"warm","protocol":"HTTPS","path":"/up?a=1","portName":"web",
            "intervalSeconds":7,"timeoutSeconds":3,"httpStatusCodesForReady":[204,404],"preserveLastResponse":true}]}
            """,
            [31001])!;
        Assert.Equal(("warm", true), (check.Name, check.KeepsResponse));
        Assert.Equal(("https", 31001, "/up?a=1"), (check.Check.Scheme, check.Check.Port, check.Check.Path));
        Assert.Equal([204, 404], check.Check.Statuses.ToArray());
        Assert.Equal((7, 3), (check.Check.Interval.TotalSeconds, check.Check.Timeout.TotalSeconds));
    }

    [Fact]
    public void AppsWithout_AndOtherTasks_HaveNone()
    {
        Assert.Null(Travel("{}", [31001]));
        Assert.Null(ReadinessMapping.Read(new TaskInfo { Data = ByteString.CopyFromUtf8("what a framework says to its executor") }));
        Assert.Null(ReadinessMapping.Read(new TaskInfo { Data = ByteString.CopyFrom(0x0A, 0x01, 0x61, 0x12, 0x02, 0xFF, 0xFF) }));
    }

    private static ReadinessCheck? Travel(string fields, ImmutableArray<int> ports)
    {
        var definition = AppWorld.Define(Edge.Tests.Contracts.Marathon.FieldRow.Body(fields));
        return ReadinessMapping.Build(new AppFields(definition), ports) is { } data
            ? ReadinessMapping.Read(new TaskInfo { Data = data })
            : null;
    }
}
