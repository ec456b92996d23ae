namespace Edge.Core.Model;

/// <summary>The id of a framework, given by the cluster that first accepted it; opaque, at most 255 characters.</summary>
public readonly record struct FrameworkId(string Value) : IComparable<FrameworkId>
{
    /// <summary>The framework that apps run under, on the hub and on every node.</summary>
    public static FrameworkId Apps { get; } = new("edge-marathon");

    /// <inheritdoc/>
    public int CompareTo(FrameworkId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The name of a node; it is also the Mesos agent id, stable over restarts and reboots.</summary>
public readonly record struct NodeId(string Value) : IComparable<NodeId>
{
    /// <inheritdoc/>
    public int CompareTo(NodeId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id that a framework gave its task; unique among the framework's live tasks.</summary>
public readonly record struct TaskId(string Value) : IComparable<TaskId>
{
    /// <inheritdoc/>
    public int CompareTo(TaskId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id of an executor; a command task's executor carries the task's id.</summary>
public readonly record struct ExecutorId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id of one offer; never used twice, also not by a restarted hub.</summary>
public readonly record struct OfferId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id of one run of a task on a node; a task id that is used again gets a new one.</summary>
public readonly record struct ContainerId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id of one event stream of one subscription; a re-subscription gets a new one, which fences the old scheduler.</summary>
public readonly record struct StreamId(Guid Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}

/// <summary>A task among all tasks of the cluster.</summary>
public readonly record struct TaskKey(FrameworkId Framework, TaskId Task) : IComparable<TaskKey>
{
    /// <inheritdoc/>
    public int CompareTo(TaskKey other)
    {
        var byFramework = Framework.CompareTo(other.Framework);
        return byFramework != 0 ? byFramework : Task.CompareTo(other.Task);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Framework}/{Task}";
}
