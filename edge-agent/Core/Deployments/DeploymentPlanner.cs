using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Deployments;

/// <summary>What a change means for one app.</summary>
/// <param name="Before">The app's wanted instances and what they run; absent when it is new.</param>
/// <param name="After">The same after the change; absent when it is removed.</param>
public sealed record PlannedChange(AppId App, PlannedApp? Before, PlannedApp? After);

/// <summary>One side of a change.</summary>
public sealed record PlannedApp(int Instances, string ConfigHash);

/// <summary>Orders a change into steps.</summary>
/// <remarks>Source: Marathon, DeploymentPlan: stop what is removed; start what is new with no instance; then, level by level of the
/// dependencies, scale or restart.</remarks>
public static class DeploymentPlanner
{
    /// <summary>Plans.</summary>
    /// <param name="changes">One entry per app, in any order.</param>
    /// <param name="dependencies">What an app needs first, its groups' dependencies included, groups resolved to their apps.</param>
    /// <returns>The steps; empty when nothing has to be done.</returns>
    public static ImmutableArray<DeploymentStep> Plan(
        IReadOnlyCollection<PlannedChange> changes, Func<AppId, IEnumerable<AppId>> dependencies)
    {
        var steps = ImmutableArray.CreateBuilder<DeploymentStep>();
        AddStep(steps, changes.Where(c => c.After is null && c.Before is not null), DeploymentActionKind.StopApplication);
        AddStep(steps, changes.Where(c => c.Before is null && c.After is not null), DeploymentActionKind.StartApplication);
        var acting = changes.Where(c => c.After is not null && Kind(c) is not null).ToDictionary(c => c.App);
        var levels = new Dictionary<AppId, int>();
        foreach (var level in acting.Keys.GroupBy(app => Level(app, dependencies, levels, [])).OrderBy(g => g.Key))
        {
            steps.Add(new DeploymentStep([.. level.Order().Select(app => new DeploymentAction(Kind(acting[app])!.Value, app))]));
        }

        return steps.ToImmutable();
    }

    private static DeploymentActionKind? Kind(PlannedChange change) => change switch
    {
        { Before: null, After.Instances: > 0 } => DeploymentActionKind.ScaleApplication,
        { Before: null } or { After: null } => null,
        { After.Instances: 0, Before.Instances: 0 } => null,
        { After.Instances: 0 } => DeploymentActionKind.ScaleApplication,
        _ when change.Before!.ConfigHash != change.After!.ConfigHash => DeploymentActionKind.RestartApplication,
        _ => change.Before!.Instances != change.After!.Instances ? DeploymentActionKind.ScaleApplication : null,
    };

    private static void AddStep(
        ImmutableArray<DeploymentStep>.Builder steps, IEnumerable<PlannedChange> changes, DeploymentActionKind kind)
    {
        var actions = changes.Select(c => new DeploymentAction(kind, c.App)).OrderBy(a => a.App).ToImmutableArray();
        if (!actions.IsEmpty)
        {
            steps.Add(new DeploymentStep(actions));
        }
    }

    /// <summary>The longest way down; a cycle, which is refused before, counts as its beginning.</summary>
    private static int Level(
        AppId app, Func<AppId, IEnumerable<AppId>> dependencies, Dictionary<AppId, int> known, HashSet<AppId> path)
    {
        if (known.TryGetValue(app, out var level))
        {
            return level;
        }

        if (!path.Add(app))
        {
            return 0;
        }

        level = 0;
        foreach (var needed in dependencies(app))
        {
            level = Math.Max(level, Level(needed, dependencies, known, path) + 1);
        }

        path.Remove(app);
        known[app] = level;
        return level;
    }
}
