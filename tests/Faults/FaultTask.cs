using Edge.Contracts.Mesos;
using Edge.Tests.EndToEnd;
using Task = System.Threading.Tasks.Task;

namespace Edge.Tests.Faults;

/// <summary>A task that runs until the test ends it, by a file outside of every data folder: so that faults of those do not hinder
/// it.</summary>
internal sealed class FaultTask(Cluster cluster, TestFramework framework, string id, string node)
{
    private readonly string _sign = Path.Combine(cluster.Folder, "end-" + id);

    /// <summary>Its process, as it was first seen.</summary>
    public int Process { get; private set; }

    /// <summary>Launches it and waits until it runs.</summary>
    public async Task StartAsync()
    {
        await framework.LaunchAsync(TestFramework.Shell(id, $"while [ ! -e {_sign} ]; do sleep 0.1; done; exit 0", node));
        await framework.WaitForAsync(id, TaskState.TaskRunning, 30);
        Process = ProcessScan.Task(cluster[node].Data, id)[0];
    }

    /// <summary>Fails unless the very process that was started still runs.</summary>
    public void AssertAlive() => Assert.True(Directory.Exists($"/proc/{Process}"), $"The process {Process} of {id} is gone.");

    /// <summary>Lets it end by itself with status 0.</summary>
    public void Finish() => File.WriteAllText(_sign, string.Empty);

    /// <summary>Lets it end, and waits until its framework has heard of it, once.</summary>
    public async Task FinishAsync(TaskState state = TaskState.TaskFinished)
    {
        Finish();
        await framework.WaitForAsync(id, state, 60);
        AssertTold(state);
    }

    /// <summary>Fails unless the framework was told each state of the life exactly once by the node.</summary>
    public void AssertTold(TaskState end) => Assert.Equal(
        [TaskState.TaskStarting, TaskState.TaskRunning, end],
        framework.Updates.Where(u => u.Task == id && u.Status.HasUuid).Select(u => u.State));
}
