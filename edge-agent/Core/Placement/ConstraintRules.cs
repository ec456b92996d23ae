using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Core.Model;

namespace Edge.Core.Placement;

/// <summary>Whether nodes satisfy an app's constraints, given where its instances stand. Made for the placement of one instance: what it
/// counts it counts once.</summary>
/// <remarks>Source: Marathon, docs/constraints.md. A node without the attribute satisfies only UNLIKE.</remarks>
/// <param name="app">The app.</param>
/// <param name="nodes">Every node, by which GROUP_BY knows its groups.</param>
/// <param name="placed">Where the app's instances stand.</param>
public sealed class ConstraintRules(AppSpec app, IReadOnlyList<PlacementNode> nodes, PlacedInstances placed)
{
    /// <summary>A pattern that takes longer is no match: a pathological one must not hold the scheduler.</summary>
    private static readonly TimeSpan s_patternTimeout = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, Dictionary<string, int>> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<PlacementConstraint, int> _fewest = [];

    /// <summary>The first constraint that says no, as a sentence; null when all say yes.</summary>
    public string? Refuse(PlacementNode node)
    {
        foreach (var constraint in app.Constraints)
        {
            var value = node.Value(constraint.Field);
            if (value is null ? constraint.Operator != ConstraintOperator.Unlike : !Holds(constraint, value))
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

    private bool Holds(PlacementConstraint constraint, string value)
    {
        switch (constraint.Operator)
        {
            case ConstraintOperator.Unique:
                return Count(constraint.Field, value) == 0;
            case ConstraintOperator.MaxPer:
                return int.TryParse(constraint.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
                    && Count(constraint.Field, value) < most;
            case ConstraintOperator.Cluster:
                return constraint.Value.Length > 0
                    ? value == constraint.Value
                    : placed.Nodes.Count == 0 || placed.Nodes[0].Value(constraint.Field) == value;
            case ConstraintOperator.GroupBy:
                return Count(constraint.Field, value) <= Fewest(constraint);
            case ConstraintOperator.Like:
                return IsMatch(value, constraint.Value);
            case ConstraintOperator.Unlike:
                return !IsMatch(value, constraint.Value);
            case ConstraintOperator.Is:
                return value == constraint.Value || SameNumber(value, constraint.Value);
        }

        return false;
    }

    /// <summary>How many instances stand where a field has a value.</summary>
    private int Count(string field, string value)
    {
        if (!_counts.TryGetValue(field, out var counts))
        {
            _counts[field] = counts = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var node in placed.Nodes)
            {
                if (node.Value(field) is { } at)
                {
                    counts[at] = counts.GetValueOrDefault(at) + 1;
                }
            }
        }

        return counts.GetValueOrDefault(value);
    }

    /// <summary>How many instances the emptiest group has.</summary>
    private int Fewest(PlacementConstraint constraint)
    {
        if (!_fewest.TryGetValue(constraint, out var fewest))
        {
            fewest = Groups(constraint).Select(g => Count(constraint.Field, g)).DefaultIfEmpty(int.MaxValue).Min();
            _fewest[constraint] = fewest;
        }

        return fewest;
    }

    /// <summary>The groups that exist; with a number given, only so many of them count, in order.</summary>
    private IEnumerable<string> Groups(PlacementConstraint constraint)
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
