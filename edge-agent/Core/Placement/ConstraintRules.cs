using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Core.Model;

namespace Edge.Core.Placement;

/// <summary>Whether a node satisfies an app's constraints, given where its instances stand.</summary>
/// <remarks>Source: Marathon, docs/constraints.md. A node without the attribute satisfies only UNLIKE.</remarks>
public static class ConstraintRules
{
    /// <summary>A pattern that takes longer is no match: a pathological one must not hold the scheduler.</summary>
    private static readonly TimeSpan s_patternTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>The first constraint that says no, as a sentence; null when all say yes.</summary>
    /// <param name="app">The app.</param>
    /// <param name="node">The node looked at.</param>
    /// <param name="nodes">Every node, by which GROUP_BY knows its groups.</param>
    /// <param name="placed">The nodes of the app's instances, one entry per instance.</param>
    public static string? Refuse(
        AppSpec app, PlacementNode node, IReadOnlyCollection<PlacementNode> nodes, IReadOnlyCollection<PlacementNode> placed)
    {
        foreach (var constraint in app.Constraints)
        {
            var value = node.Value(constraint.Field);
            if (value is null ? constraint.Operator != ConstraintOperator.Unlike : !Holds(constraint, value, nodes, placed))
            {
                return Explain(constraint, value);
            }
        }

        return null;
    }

    /// <summary>True when a constraint ties the app to named places, so that nothing elsewhere could replace it.</summary>
    public static bool IsPinned(AppSpec app) => app.Constraints.Any(c =>
        c.Operator is ConstraintOperator.Is or ConstraintOperator.Like or ConstraintOperator.Cluster
        && c.Value.Length > 0
        && c.Field is "hostname" or "@hostname" or "@node" or "@site");

    private static bool Holds(
        PlacementConstraint constraint,
        string value,
        IReadOnlyCollection<PlacementNode> nodes,
        IReadOnlyCollection<PlacementNode> placed)
    {
        int Count(string of) => placed.Count(p => p.Value(constraint.Field) == of);
        switch (constraint.Operator)
        {
            case ConstraintOperator.Unique:
                return Count(value) == 0;
            case ConstraintOperator.MaxPer:
                return int.TryParse(constraint.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && Count(value) < most;
            case ConstraintOperator.Cluster:
                return constraint.Value.Length > 0
                    ? value == constraint.Value
                    : placed.Count == 0 || placed.First().Value(constraint.Field) == value;
            case ConstraintOperator.GroupBy:
                var counts = Groups(constraint, nodes).Select(Count).ToArray();
                return counts.Length == 0 || Count(value) <= counts.Min();
            case ConstraintOperator.Like:
                return IsMatch(value, constraint.Value);
            case ConstraintOperator.Unlike:
                return !IsMatch(value, constraint.Value);
            case ConstraintOperator.Is:
                return value == constraint.Value || SameNumber(value, constraint.Value);
        }

        return false;
    }

    /// <summary>The groups that exist; with a number given, only so many of them count, in order.</summary>
    private static IEnumerable<string> Groups(PlacementConstraint constraint, IReadOnlyCollection<PlacementNode> nodes)
    {
        var all = nodes.Where(n => n.Closed is null).Select(n => n.Value(constraint.Field)).Where(v => v is not null).Select(v => v!)
            .Distinct(StringComparer.Ordinal);
        return int.TryParse(constraint.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? all.Order(StringComparer.Ordinal).Take(number)
            : all;
    }

    private static bool IsMatch(string value, string pattern)
    {
        try
        {
            return Regex.IsMatch(value, $"^(?:{pattern})$", RegexOptions.CultureInvariant, s_patternTimeout);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool SameNumber(string left, string right) =>
        double.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var a)
        && double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var b)
        && Math.Abs(a - b) < 0.0005;

    private static string Explain(PlacementConstraint constraint, string? value)
    {
        var rule = constraint.Value.Length > 0
            ? $"{constraint.Field} {Name(constraint.Operator)} {constraint.Value}"
            : $"{constraint.Field} {Name(constraint.Operator)}";
        return value is null ? $"{rule}: the node has no '{constraint.Field}'" : $"{rule}: the node's is '{value}'";
    }

    private static string Name(ConstraintOperator rule) => rule switch
    {
        ConstraintOperator.Unique => "UNIQUE",
        ConstraintOperator.Cluster => "CLUSTER",
        ConstraintOperator.GroupBy => "GROUP_BY",
        ConstraintOperator.Like => "LIKE",
        ConstraintOperator.Unlike => "UNLIKE",
        ConstraintOperator.MaxPer => "MAX_PER",
        ConstraintOperator.Is => "IS",
    };
}
