using Edge.Core.Model;
using Edge.Core.Resources;
using Edge.Core.Tasks;

namespace Edge.Tests.Core.Tasks;

public sealed class TaskStateMachineTests
{
    public static TheoryData<ObservedState, TaskState> Pairs
    {
        get
        {
            var pairs = new TheoryData<ObservedState, TaskState>();
            foreach (var observed in Enum.GetValues<ObservedState>())
            {
                foreach (var state in Enum.GetValues<TaskState>())
                {
                    pairs.Add(observed, state);
                }
            }

            return pairs;
        }
    }

    /// <summary>The whole table, said a second way: which rung a report names, and whether it is above an open one.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void EveryPair_RisesOrIsIgnored(ObservedState observed, TaskState state)
    {
        var named = state is TaskState.Lost or TaskState.Unreachable or TaskState.GoneByOperator or TaskState.Unknown
            ? (ObservedState?)null
            : Enum.Parse<ObservedState>(state.ToString());
        var rises = named is { } rung && observed < ObservedState.Finished && rung > observed;

        var task = Make(observed);
        var result = TaskStateMachine.Apply(task, Report(task, state), 16);

        Assert.Equal(rises, result.Advanced);
        Assert.Equal(rises ? named : observed, result.Task.Observed);
        Assert.Equal(rises, result.Why.Length == 0);
        if (!rises)
        {
            Assert.Same(task, result.Task);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void EveryPair_OfAnotherRun_IsIgnored(ObservedState observed, TaskState state)
    {
        var task = Make(observed);
        var result = TaskStateMachine.Apply(task, Report(task, state) with { Container = new ContainerId("other") }, 16);
        Assert.Same(task, result.Task);
        Assert.Contains("another run", result.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void RunningThatTurns_IsTakenOncePerTurn_AndOnlyWhileItRuns()
    {
        var task = Make(ObservedState.Staging);
        foreach (var (state, healthy, taken) in ((TaskState, bool?, bool)[])
        [
            (TaskState.Starting, null, true), (TaskState.Starting, true, false),
            (TaskState.Running, null, true), (TaskState.Running, null, false),
            (TaskState.Running, true, true), (TaskState.Running, true, false), (TaskState.Running, null, false),
            (TaskState.Running, false, true), (TaskState.Running, true, true),
            (TaskState.Killing, null, true), (TaskState.Running, false, false), (TaskState.Killing, false, false),
            (TaskState.Killed, false, true), (TaskState.Running, true, false),
        ])
        {
            var result = TaskStateMachine.Apply(task, Report(task, state) with { Healthy = healthy }, 16);
            Assert.Equal(taken, result.Advanced);
            task = result.Task;
        }

        Assert.Equal(
            [TaskState.Starting, TaskState.Running, TaskState.Killing, TaskState.Killed],
            task.History.Select(s => s.State));
        Assert.False(task.Health!.Healthy);
    }

    [Fact]
    public void Rungs_AndStates_NameEachOther() => Assert.All(
        Enum.GetValues<ObservedState>(),
        rung => Assert.Equal(rung, TaskStateMachine.Observe(TaskStateMachine.ToState(rung))));

    [Fact]
    public void Terminal_IsTheSame_ForRungsAndStates() => Assert.All(
        Enum.GetValues<ObservedState>(),
        rung => Assert.Equal(Make(rung).IsTerminal, TaskStateMachine.IsTerminal(TaskStateMachine.ToState(rung))));

    [Fact]
    public void History_IsBounded_OldestFirst()
    {
        var task = Make(ObservedState.Staging);
        foreach (var state in (TaskState[])[TaskState.Starting, TaskState.Running, TaskState.Killing, TaskState.Killed])
        {
            task = TaskStateMachine.Apply(task, Report(task, state), 2).Task;
        }

        Assert.Equal([TaskState.Killing, TaskState.Killed], task.History.Select(s => s.State));
    }

    [Fact]
    public void States_WithoutPartitionAwareness_AreLost() => Assert.All(
        Enum.GetValues<TaskState>(),
        state => Assert.Equal(
            state is TaskState.Dropped or TaskState.Unreachable or TaskState.Gone or TaskState.GoneByOperator or TaskState.Unknown
                ? TaskState.Lost
                : state,
            StatusTranslation.WithoutPartitions(state)));

    private static ClusterTask Make(ObservedState observed) => new()
    {
        Key = new TaskKey(new FrameworkId("f"), new TaskId("t")),
        Spec = new TaskSpec
        {
            Id = new TaskId("t"),
            Name = "t",
            Node = new NodeId("n"),
            Resources = ResourceSet.Empty,
            Wire = default,
        },
        Node = new NodeId("n"),
        Container = new ContainerId("c"),
        Executor = new ExecutorId("t"),
        Resources = ResourceSet.Empty,
        Role = "*",
        User = "root",
        Observed = observed,
        LaunchedAt = DateTimeOffset.UnixEpoch,
    };

    private static StatusUpdate Report(ClusterTask task, TaskState state) => new()
    {
        Task = task.Key,
        State = state,
        Source = StatusSource.Executor,
        Timestamp = DateTimeOffset.UnixEpoch,
        Container = task.Container,
        Uuid = Guid.NewGuid(),
    };
}
