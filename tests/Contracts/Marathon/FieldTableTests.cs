using System.Text.Json;
using System.Text.Json.Nodes;
using Edge.Contracts.Marathon;

namespace Edge.Tests.Contracts.Marathon;

/// <summary>Holds every field of Marathon's interface against what is read, refused and written here.</summary>
public sealed class FieldTableTests
{
    private static readonly Dictionary<string, Action<Utf8JsonWriter>> s_answers = Answered();

    private static readonly ObjectShape[] s_shapes =
    [
        AppShapes.App, AppShapes.UpgradeStrategy, AppShapes.Residency, AppShapes.EnvVarSecret, AppShapes.SecretDef, AppShapes.Artifact,
        AppShapes.PortDefinition, AppShapes.Network, AppShapes.IpDiscoveryPort, AppShapes.IpDiscovery, AppShapes.IpAddress,
        AppShapes.ExecutorResources, AppShapes.ResourceLimits, AppShapes.UnreachableEnabled,
        ContainerShapes.DockerParameter, ContainerShapes.DockerCredentials, ContainerShapes.DockerPullConfig, ContainerShapes.PortMapping,
        ContainerShapes.DockerContainer, ContainerShapes.Seccomp, ContainerShapes.IpcInfo, ContainerShapes.LinuxInfo,
        ContainerShapes.PersistentVolumeInfo, ContainerShapes.CsiCapability, ContainerShapes.CsiOptions, ContainerShapes.CsiVolumeInfo,
        ContainerShapes.DvdiVolumeInfo, ContainerShapes.ExternalVolume, ContainerShapes.HostVolume, ContainerShapes.PersistentVolume,
        ContainerShapes.SecretVolume, ContainerShapes.Container,
        CheckShapes.AppCommandCheck, CheckShapes.HealthCheck, CheckShapes.ShellCommand, CheckShapes.ArgvCommand, CheckShapes.CommandCheck,
        CheckShapes.AppHttpCheck, CheckShapes.AppTcpCheck, CheckShapes.AppCheck, CheckShapes.ReadinessCheck,
        MarathonGroupReader.Shape, MarathonTaskBodies.Shape,
    ];

    [Fact]
    public void Table_NamesEveryFieldOnce()
    {
        Assert.Equal(791, FieldRow.All.Count);
        Assert.Equal(791, FieldRow.All.Select(r => r.ToString()).Distinct().Count());
        Assert.Empty(FieldRow.All.Where(r => r.Disposition == "n/a" && r.Example.Length == 0));
    }

    [Fact]
    public void Shapes_HaveEveryFieldThatIsReadAndNoOther()
    {
        var read = FieldRow.All.Where(r => r.Disposition is "read" or "refused" or "server" or "group" or "tasks")
            .Select(r => r.ToString()).ToHashSet();
        foreach (var shape in s_shapes)
        {
            foreach (var field in shape.Fields)
            {
                // Marathon's schema of an app is two: what a client may say, and what the server adds.
                Assert.True(
                    read.Contains($"{shape.Name}.{field.Name}") || (field.IsServers && read.Contains($"AppInfo.{field.Name}"))
                    || (shape.Name, field.Name) == ("GroupUpdate", "pods"),
                    $"{shape.Name}.{field.Name} is read and not in the table");
            }
        }

        var shaped = s_shapes.SelectMany(s => s.Fields.Select(f => $"{s.Name}.{f.Name}")).ToHashSet();
        var missing = FieldRow.All
            .Where(r => r.Disposition is "read" or "refused" && r.Field[0] is not ('(' or '{') && !shaped.Contains(r.ToString()));
        Assert.Empty(missing);
    }

    [Fact]
    public void Read_Rows_ComeOutInTheDefinition() => AllOf(["read", "refused"], row =>
    {
        if (row.Where.StartsWith('!'))
        {
            Bodies.Says(Bodies.Refused(FieldRow.Body(row.Example)), row.Where[1..], row.Expected);
            return;
        }

        var app = Bodies.Defined(FieldRow.Body(row.Example), Reading(row));
        Assert.Empty(app.UnknownFields);
        Assert.Equal(Canonical(row.Expected), Canonical(FieldRow.At(FieldRow.Definition(app), row.Where)));
        var again = Bodies.Defined("{}", Bodies.Merge(app) with { EnforceRole = false });
        Assert.Equal(app.Fields, again.Fields);
    });

    [Fact]
    public void Read_RowsWithoutTheField_HaveTheDefault() => AllOf(["read", "refused"], row =>
    {
        if (row.Default.StartsWith('!'))
        {
            Bodies.Says(Bodies.Refused(FieldRow.Body(row.Bare)), row.Default[1..], "error.path.missing");
        }
        else if (row.Bare.Length > 0)
        {
            var app = Bodies.Defined(FieldRow.Body(row.Bare));
            Assert.Equal(Canonical(row.Default), Canonical(FieldRow.At(FieldRow.Definition(app), row.Where)));
        }
    });

    [Fact]
    public void Read_RowsThatAreHonoured_AreNotRefused() => AllOf(["read"], row =>
    {
        if (!row.Where.StartsWith('!'))
        {
            Bodies.Defined(FieldRow.Body(row.Example), Reading(row) with { Support = MarathonSupport.Current });
        }
    });

    [Fact]
    public void Refused_Rows_AreRefusedByName() => AllOf(["refused"], row =>
    {
        var error = Bodies.Refused(FieldRow.Body(row.Example), Reading(row) with { Support = MarathonSupport.Current });
        Assert.Equal(MarathonErrorKind.ObjectNotValid, error.Kind);
        var refusals = MarathonSupport.Current.Refusals.Select(r => r.Reason).ToHashSet();
        Assert.Contains(error.Details, d => d.Path == row.Refusal && d.Errors.Any(refusals.Contains));
    });

    [Fact]
    public void Refusals_AllHaveARow()
    {
        var seen = FieldRow.All.Where(r => r.Refusal.Length > 0)
            .SelectMany(r => Bodies.Refused(FieldRow.Body(r.Example), Reading(r) with { Support = MarathonSupport.Current }).Details)
            .SelectMany(d => d.Errors).ToHashSet();
        string[] elsewhere = ["/executor", "/pods"];
        Assert.Empty(MarathonSupport.Current.Refusals.Where(r => !elsewhere.Contains(r.Path) && !seen.Contains(r.Reason)));
        Bodies.Says(
            Bodies.Refused(Bodies.App("\"executor\":\"/usr/bin/mine\""), Bodies.Create with { Support = MarathonSupport.Current }),
            "/executor", MarathonSupport.Current.Refusals.First(r => r.Path == "/executor").Reason);
    }

    [Fact]
    public void Unknown_Rows_AreDroppedAndNamed() => AllOf(["unknown"], row =>
        Assert.Equal([row.Where], Bodies.Defined(FieldRow.Body(row.Example)).UnknownFields.ToArray()));

    [Fact]
    public void Server_Rows_AreDroppedAndWritten() => AllOf(["server"], row =>
    {
        var app = Bodies.Defined(FieldRow.Body(row.Example), Bodies.Create with { Strict = true });
        Assert.DoesNotContain(row.Field, app.Fields.Keys);
        Assert.NotEqual("absent", Answer(row.Where));
    });

    [Fact]
    public void Emitted_Rows_AreWritten() => AllOf(["emitted"], row => Assert.NotEqual("absent", Answer(row.Where)));

    [Fact]
    public void Group_Rows_AreRead() => AllOf(["group"], row =>
    {
        using var document = JsonDocument.Parse(row.Example);
        var result = MarathonGroupReader.Read(document.RootElement, new MarathonGroupReading());
        Assert.Equal(row.Expected, result switch
        {
            MarathonGroupResult.Rollback r => $"rollback {r.Id} {MarathonTime.Format(r.Version)}",
            MarathonGroupResult.Scale s => FormattableString.Invariant($"scale {s.Id} {s.Factor}"),
            MarathonGroupResult.Defined d => $"groups={string.Join(',', d.Update.Groups.Select(Text))}"
                + $" apps={string.Join(',', d.Update.Apps.Select(a => a.Id))}",
            _ => result.ToString(),
        });
        string Text(MarathonGroupDefinition g) => g.Id + (g.Dependencies is { } d ? $"({string.Join(',', d)})" : string.Empty)
            + g.EnforceRole switch { true => "!", false => "?", null => string.Empty };
    });

    [Fact]
    public void Tasks_Rows_AreRead() => AllOf(["tasks"], row =>
    {
        using var document = JsonDocument.Parse(row.Example);
        Assert.Equal(row.Expected, string.Join(',', MarathonTaskBodies.ReadDelete(document.RootElement, out var error)!.Value));
        Assert.Null(error);
        using var empty = JsonDocument.Parse("{}");
        Assert.Null(MarathonTaskBodies.ReadDelete(empty.RootElement, out error));
        Bodies.Says(error!, "/ids", "error.path.missing");
    });

    private static MarathonReading Reading(FieldRow row) =>
        row is { Object: "App", Field: "role" } ? Bodies.Create with { AppId = "/edge/web" } : Bodies.Create;

    private static string Canonical(string json) => json == "absent" ? json : Node.Parse(json).ToJson();

    private static string Answer(string where)
    {
        var (name, place) = (where.Split(':')[0], where[(where.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        return FieldRow.At(JsonNode.Parse(MarathonJson.ToUtf8(s_answers[name])), place);
    }

    private static void AllOf(string[] dispositions, Action<FieldRow> check)
    {
        var rows = FieldRow.All.Where(r => dispositions.Contains(r.Disposition)).ToArray();
        Assert.NotEmpty(rows);
        var failures = rows.Select(r => (Row: r, Failure: Record.Exception(() => check(r)))).Where(r => r.Failure is not null);
        Assert.True(!failures.Any(), string.Join('\n', failures.Select(f => $"{f.Row}: {f.Failure!.Message}")));
    }

    private static Dictionary<string, Action<Utf8JsonWriter>> Answered()
    {
        var error = Bodies.Refused("""{"cmd":1}""");
        var result = new Dictionary<string, Action<Utf8JsonWriter>>(StringComparer.Ordinal)
        {
            ["app"] = w => MarathonJson.WriteNamed(w, "app", x => MarathonJson.WriteApp(x, Answers.App)),
            ["apps"] = w => MarathonJson.WriteList(w, "apps", [Answers.App], MarathonJson.WriteApp),
            ["task"] = w => MarathonJson.WriteNamed(w, "task", x => MarathonJson.WriteTask(x, Answers.Task)),
            ["tasks"] = w => MarathonJson.WriteList(w, "tasks", [Answers.Task], MarathonJson.WriteTask),
            ["queue"] = w => MarathonJson.WriteList(w, "queue", [Answers.Queued], MarathonJson.WriteQueueItem),
            ["versions"] = w => MarathonJson.WriteVersions(w, [Answers.At]),
            ["group"] = w => MarathonJson.WriteGroup(w, Answers.Group),
            ["deployments"] = w => MarathonJson.WriteDeployments(w, [Answers.Deployment]),
            ["result"] = w => MarathonJson.WriteDeploymentResult(w, "d1", Answers.At),
            ["steps"] = w => MarathonJson.WriteSteps(w, Answers.Deployment.Plan.Steps),
            ["error"] = w => MarathonJson.WriteError(w, error),
            ["locked"] = w => MarathonJson.WriteLocked(w, ["d1"]),
            ["message"] = w => MarathonJson.WriteMessage(w, "no"),
            ["leader"] = w => MarathonJson.WriteLeader(w, "hub:80"),
            ["info"] = w => MarathonJson.WriteInfo(w, Answers.Info),
        };
        foreach (var happened in Answers.Events)
        {
            result[happened.EventType] = w => MarathonJson.WriteEvent(w, happened);
        }

        return result;
    }
}
