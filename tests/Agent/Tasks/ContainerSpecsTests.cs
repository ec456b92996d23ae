using Edge.Agent.Containerizer;
using Edge.Agent.Tasks;
using Edge.Core.Model;
using Edge.Tests.Core.Engine;

namespace Edge.Tests.Agent.Tasks;

/// <summary>How a task becomes a container. Source: Mesos, docs/executor-http-api.md, environment variables.</summary>
public sealed class ContainerSpecsTests
{
    private readonly ContainerSpecs _specs = new(
        EngineWorld.Node1, () => "192.0.2.1:5051", (container, framework, executor) => $"/boxes/{framework}/{executor}/{container}");

    [Fact]
    public void Environment_IsThatOfAMesosExecutor_AndNothingElse() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["MESOS_SANDBOX"] = "/boxes/f/e1/c1",
            ["MESOS_DIRECTORY"] = "/boxes/f/e1/c1",
            ["MESOS_FRAMEWORK_ID"] = "f",
            ["MESOS_EXECUTOR_ID"] = "e1",
            ["MESOS_SLAVE_ID"] = "n1",
            ["MESOS_SLAVE_PID"] = "slave(1)@192.0.2.1:5051",
            ["MESOS_AGENT_ENDPOINT"] = "192.0.2.1:5051",
            ["MESOS_CHECKPOINT"] = "1",
            ["MESOS_RECOVERY_TIMEOUT"] = "15mins",
            ["MESOS_SUBSCRIPTION_BACKOFF_MAX"] = "2secs",
            ["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"] = "5secs",
            ["MESOS_ALLOCATION_ROLE"] = "web",
        },
        Final(_specs.Build(Task())));

    [Fact]
    public void TaskVariables_ComeLast_SoThatTheyWin()
    {
        var command = new CommandSpec { Shell = true, Value = "env", Environment = [new("PATH", "/mine"), new("A", "1"), new("A", "2")] };
        var environment = Final(_specs.Build(Task(command)));
        Assert.Equal("/mine", environment["PATH"]);
        Assert.Equal("2", environment["A"]);
        Assert.Equal("n1", environment["MESOS_SLAVE_ID"]);
    }

    [Fact]
    public void Ids_AreThoseOfTheTask()
    {
        var spec = _specs.Build(Task());
        Assert.Equal(("c1", "f", "e1", "t1"), (spec.ContainerId, spec.FrameworkId, spec.ExecutorId, spec.TaskId));
    }

    [Theory]
    [InlineData(null, "root", "root")]
    [InlineData("nobody", "root", "nobody")]
    [InlineData(null, "", null)]
    public void User_IsTheCommands_ThenTheFrameworks_ThenTheAgents(string? ofCommand, string ofFramework, string? expected)
    {
        var command = new CommandSpec { Shell = true, Value = "id", User = ofCommand };
        Assert.Equal(expected, _specs.Build(Task(command) with { User = ofFramework }).User);
    }

    [Fact]
    public void Arguments_AreTheWholeArgv()
    {
        var spec = _specs.Build(Task(new CommandSpec { Shell = false, Value = "/bin/echo", Arguments = ["echo", "a b"] }));
        Assert.False(spec.Shell);
        Assert.Equal("/bin/echo", spec.Value);
        Assert.Equal(["echo", "a b"], spec.Arguments);
    }

    [Fact]
    public void TaskWithoutACommand_EndsAsACommandThatIsNotFound()
    {
        var task = Task();
        var spec = _specs.Build(task with { Spec = task.Spec with { Command = null } });
        Assert.Equal((true, "exit 127"), (spec.Shell, spec.Value));
    }

    private static Dictionary<string, string> Final(ContainerSpec spec)
    {
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in spec.Environment)
        {
            last[name] = value;
        }

        return last;
    }

    private static ClusterTask Task(CommandSpec? command = null)
    {
        var spec = EngineWorld.Task("t1");
        return new ClusterTask
        {
            Key = new TaskKey(new FrameworkId("f"), spec.Id),
            Spec = command is null ? spec : spec with { Command = command },
            Node = EngineWorld.Node1,
            Container = new ContainerId("c1"),
            Executor = new ExecutorId("e1"),
            Resources = spec.Resources,
            Role = "web",
            User = "root",
            Desired = DesiredState.Run,
            LaunchedAt = DateTimeOffset.UnixEpoch,
        };
    }
}
