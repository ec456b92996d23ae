using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Core.Engine;

/// <summary>What an app's definition means. Pure: the same arguments give the same result, and nothing throws for a definition that was
/// accepted.</summary>
public interface IAppMapping
{
    /// <summary>Reads what the scheduler needs of a definition.</summary>
    AppSpec Read(AppDefinition definition);

    /// <summary>Makes the task of a new instance.</summary>
    TaskSpec Build(AppTaskRequest request);

    /// <summary>Makes the next task of the same instance: everything as before, under another id.</summary>
    TaskSpec Again(TaskSpec previous, TaskId id);
}

/// <summary>The task that is asked for.</summary>
/// <param name="Definition">What runs.</param>
/// <param name="Slot">Which instance, with its ports.</param>
/// <param name="Id">The task's id.</param>
/// <param name="Node">Where.</param>
/// <param name="Hostname">The name of that place, for the environment.</param>
/// <param name="Resources">What it holds, ports included.</param>
public sealed record AppTaskRequest(
    AppDefinition Definition, AppSlot Slot, TaskId Id, NodeId Node, string Hostname, ResourceSet Resources);

/// <summary>For an engine that has no apps, such as that of a test.</summary>
internal sealed class NoAppMapping : IAppMapping
{
    public static NoAppMapping Instance { get; } = new();

    public AppSpec Read(AppDefinition definition) => throw Fault();

    public TaskSpec Build(AppTaskRequest request) => throw Fault();

    public TaskSpec Again(TaskSpec previous, TaskId id) => throw Fault();

    private static InvalidOperationException Fault() => new("This engine was made without a mapping of apps.");
}
