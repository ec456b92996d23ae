using Edge.Core.Model;

namespace Edge.Core.Deployments;

/// <summary>Who ends first when there are too many.</summary>
/// <remarks>Source: Marathon, kill selection: unreachable, then not yet running, then running; within those by age.</remarks>
public static class KillOrder
{
    /// <summary>Sorts instances, the first to end first.</summary>
    /// <param name="instances">All of one app.</param>
    /// <param name="reachable">Whether an instance's node can be reached.</param>
    /// <param name="oldestFirst">True: the oldest ends first.</param>
    public static IEnumerable<Instance> Sort(IEnumerable<Instance> instances, Func<Instance, bool> reachable, bool oldestFirst)
    {
        var ranked = instances.OrderBy(i => reachable(i) ? i.RunningSince is null ? 1 : 2 : 0);
        return oldestFirst
            ? ranked.ThenBy(i => i.RunningSince ?? i.Since).ThenBy(i => i.Id)
            : ranked.ThenByDescending(i => i.RunningSince ?? i.Since).ThenByDescending(i => i.Id);
    }
}
