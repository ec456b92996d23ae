using Edge.Agent.Health;
using Edge.Agent.Tasks;
using Edge.Core.Engine;
using Edge.Core.Model;
using Edge.Tests.Core.Engine;
using Edge.Tests.Daemon.Api.Mesos;
using Edge.Tests.EndToEnd;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Agent.Tasks;

/// <summary>A task runner between a scripted runtime and a scripted engine, on a clock that is stepped by hand.</summary>
internal sealed class RunnerWorld : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskRunner _runner;

    public RunnerWorld()
    {
        var specs = new ContainerSpecs(EngineWorld.Node1, () => "192.0.2.1:5051", (_, _, _) => "/sandbox");
        var health = new HealthChecker(
            Engine, PassAsync, PassAsync, Clock, NullLogger<HealthChecker>.Instance);
        _runner = new TaskRunner(Runtime, Engine, specs, health, Clock, NullLogger<TaskRunner>.Instance);
        static Task<ProbeResult> PassAsync(ClusterTask task, bool first, CancellationToken token) => Task.FromResult(ProbeResult.Passed);
    }

    public ScriptedContainerizer Runtime { get; } = new();

    public ScriptedEngine Engine { get; } = new();

    public SteppedClock Clock { get; } = new();

    /// <summary>Ends when the runner does.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    public static ClusterTask TaskOf(string id)
    {
        var spec = EngineWorld.Task(id);
        return new ClusterTask
        {
            Key = new TaskKey(new FrameworkId("f"), spec.Id),
            Spec = spec,
            Node = EngineWorld.Node1,
            Container = new ContainerId(id),
            Executor = new ExecutorId(id),
            Resources = spec.Resources,
            Role = "*",
            User = "root",
            Desired = DesiredState.Run,
            LaunchedAt = DateTimeOffset.UnixEpoch,
        };
    }

    public static Dispatch Start(string id) => new Dispatch.StartContainer(TaskOf(id));

    public static Dispatch Kill(string id) => new Dispatch.KillContainer(new ContainerId(id), TimeSpan.FromSeconds(3));

    /// <summary>Starts the runner with acts that wait already.</summary>
    public void Run(params Dispatch[] acts)
    {
        Array.ForEach(acts, _runner.Carry);
        Running = _runner.RunAsync(_stopping.Token);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Running;
    }

    /// <summary>Waits for observations, and demands that they are these.</summary>
    public async Task ObservedAsync(params (string Container, ObservedState State)[] expected)
    {
        await UntilAsync(() => Engine.Observed.Count >= expected.Length);
        Assert.Equal(expected, Engine.Observed);
    }

    /// <summary>Waits until something holds, while time stands still or goes on.</summary>
    public Task UntilAsync(Func<bool> holds, bool advance = false) => Cluster.UntilAsync(
        () =>
        {
            if (advance)
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
            }

            return holds();
        },
        30, "the runner has done it");

    public async ValueTask DisposeAsync()
    {
        if (!Running.IsFaulted)
        {
            await StopAsync();
        }

        _runner.Dispose();
        _stopping.Dispose();
    }
}
