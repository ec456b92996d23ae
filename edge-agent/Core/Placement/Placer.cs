using System.Collections.Immutable;
using Edge.Core.Model;

namespace Edge.Core.Placement;

/// <summary>Where one instance goes, or why it goes nowhere.</summary>
/// <param name="Node">The node; absent when none will do.</param>
/// <param name="Ports">Its host ports in the order of the app's; empty without a node.</param>
/// <param name="Refusals">What was looked at; absent when the instance was placed.</param>
public sealed record PlacementResult(PlacementNode? Node, ImmutableArray<int> Ports, PlacementSummary? Refusals);

/// <summary>Finds a place for one instance, and explains every refusal.</summary>
/// <remarks>The node with the fewest instances of the app wins; among equals, whoever comes first from a start that the seed picks, so
/// that a fleet fills evenly without being sorted.</remarks>
public static class Placer
{
    /// <summary>Places one instance.</summary>
    /// <param name="app">What is to be placed.</param>
    /// <param name="nodes">Every node, in an order that does not change within a batch.</param>
    /// <param name="placed">Where the app's instances stand.</param>
    /// <param name="context">When, and bounds.</param>
    public static PlacementResult Place(
        AppSpec app, IReadOnlyList<PlacementNode> nodes, PlacedInstances placed, PlacementContext context)
    {
        var tally = new Tally(context);
        var rules = new ConstraintRules(app, nodes, placed);
        var start = nodes.Count == 0 ? 0 : (int)(context.Seed % (ulong)nodes.Count);
        (PlacementNode Node, ImmutableArray<int> Ports)? best = null;
        var fewest = int.MaxValue;
        for (var i = 0; i < nodes.Count && fewest > 0; i++)
        {
            var node = nodes[(start + i) % nodes.Count];
            if (placed.On(node.Id) >= fewest)
            {
                continue;
            }

            if (Refuse(app, node, rules, context, out var ports) is { } refusal)
            {
                tally.Add(refusal);
                continue;
            }

            fewest = placed.On(node.Id);
            best = (node, ports);
        }

        return best is { } found
            ? new PlacementResult(found.Node, found.Ports, null)
            : new PlacementResult(null, [], tally.Summarize());
    }

    private static PlacementRefusal? Refuse(
        AppSpec app, PlacementNode node, ConstraintRules rules, PlacementContext context, out ImmutableArray<int> ports)
    {
        ports = [];
        if (node.Closed is { } closed)
        {
            return new PlacementRefusal(node.Id, PlacementReason.AgentMaintenance, closed);
        }

        if (rules.Refuse(node) is { } constraint)
        {
            return new PlacementRefusal(node.Id, PlacementReason.UnfulfilledConstraint, constraint);
        }

        if (RefuseScalars(app, node) is { } refusal)
        {
            return refusal;
        }

        ports = PortChoice.Choose(node.Free.GetRanges("ports"), app.Ports, context.Seed);
        return ports.IsDefault ? new PlacementRefusal(node.Id, PlacementReason.InsufficientPorts, ExplainPorts(app, node)) : null;
    }

    private static PlacementRefusal? RefuseScalars(AppSpec app, PlacementNode node)
    {
        foreach (var (name, reason) in s_scalars)
        {
            var wanted = app.Resources.GetScalar(name);
            var free = node.Free.GetScalar(name);
            if (wanted.Millis > free.Millis)
            {
                return new PlacementRefusal(node.Id, reason, $"{name}: {wanted} wanted, {free} free");
            }
        }

        return null;
    }

    private static string ExplainPorts(AppSpec app, PlacementNode node)
    {
        var free = node.Free.GetRanges("ports");
        var missing = app.Ports.Where(p => p > 0 && !free.Contains((ulong)p)).Select(p => (int?)p).FirstOrDefault();
        return missing is { } port ? $"ports: {port} is not free" : $"ports: {app.Ports.Length} wanted, {free.Count} free";
    }

    private static readonly (string Name, PlacementReason Reason)[] s_scalars =
    [
        ("cpus", PlacementReason.InsufficientCpus),
        ("mem", PlacementReason.InsufficientMemory),
        ("disk", PlacementReason.InsufficientDisk),
        ("gpus", PlacementReason.InsufficientGpus),
    ];

    private sealed class Tally(PlacementContext context)
    {
        private readonly int[] _declined = new int[Enum.GetValues<PlacementReason>().Length];
        private readonly List<PlacementRefusal> _samples = [];
        private int _processed;

        public void Add(PlacementRefusal refusal)
        {
            _processed++;
            _declined[(int)refusal.Reason]++;
            if (_samples.Count < context.Samples)
            {
                _samples.Add(refusal);
            }
        }

        public PlacementSummary Summarize() => new(
            _processed,
            [.. Enum.GetValues<PlacementReason>().Select(r => KeyValuePair.Create(r, _declined[(int)r]))],
            context.Now,
            [.. _samples]);
    }
}

/// <summary>What a placement may know besides its arguments.</summary>
/// <param name="Now">Wall clock, shown.</param>
/// <param name="Seed">Where the search begins.</param>
/// <param name="Samples">Refusals that are told in sentences, at most.</param>
public sealed record PlacementContext(DateTimeOffset Now, ulong Seed, int Samples);
