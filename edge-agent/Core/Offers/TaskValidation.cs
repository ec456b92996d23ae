using Edge.Core.Frameworks;
using Edge.Core.Model;
using Edge.Core.Resources;

namespace Edge.Core.Offers;

/// <summary>Judges one task of a LAUNCH.</summary>
/// <remarks>Source: apache/mesos src/master/validation.cpp, task::validate.</remarks>
public static class TaskValidation
{
    /// <summary>Checks a task against what is left of the offers.</summary>
    /// <param name="spec">The task.</param>
    /// <param name="node">The node of the offers.</param>
    /// <param name="wanted">Its resources with the allocation role filled in.</param>
    /// <param name="left">What the offers still hold.</param>
    /// <param name="live">True when the framework has a live task of that id.</param>
    /// <returns>The first fault as a sentence, or null.</returns>
    public static string? Validate(TaskSpec spec, NodeId node, ResourceSet wanted, ResourceSet left, bool live)
    {
        if (IdRules.Validate("TaskInfo.task_id", spec.Id.Value) is { } fault)
        {
            return fault;
        }

        if (live)
        {
            return $"Task has duplicate ID: {spec.Id}";
        }

        if (!spec.Problems.IsEmpty)
        {
            return spec.Problems[0];
        }

        if (spec.Node != node)
        {
            return $"Task '{spec.Id}' uses invalid agent {spec.Node}: the offers are of {node}";
        }

        return ValidateWork(spec) ?? ValidateResources(spec, wanted, left);
    }

    private static string? ValidateWork(TaskSpec spec)
    {
        if (spec.Command is null == spec.CustomExecutor is null)
        {
            return $"Task '{spec.Id}' should have at least one (but not both) of CommandInfo or ExecutorInfo present";
        }

        if (spec.CustomExecutor is { } executor)
        {
            return $"Task '{spec.Id}' brings the executor '{executor}': this cluster runs command tasks only";
        }

        return spec.Command is { Value: null or "" } ? $"Task '{spec.Id}' has an empty command" : null;
    }

    private static string? ValidateResources(TaskSpec spec, ResourceSet wanted, ResourceSet left)
    {
        if (wanted.IsEmpty)
        {
            return $"Task '{spec.Id}' uses no resources";
        }

        return left.Contains(wanted)
            ? null
            : $"Task '{spec.Id}' uses more resources {wanted.Describe()} than available {left.Describe()}";
    }
}
