using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.Contracts.Marathon;

/// <summary>The rules of constraints: which operators there are and what values they take.</summary>
/// <remarks>Source: Marathon 1.10, AppDefinition, complyWithConstraintRules.</remarks>
internal static class ConstraintRules
{
    public static void Run(MapNode app, MarathonErrors errors)
    {
        var constraints = app.Items("constraints");
        for (var i = 0; i < constraints.Count; i++)
        {
            if (constraints[i] is ListNode constraint && Error([.. constraint.Texts]) is { } error)
            {
                errors.Add($"/constraints({i})", error);
            }
        }
    }

    /// <summary>What is wrong with a regular expression; null when nothing is.</summary>
    public static string? RegexError(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return null;
        }
        catch (ArgumentException)
        {
            return $"'{pattern}' is not a valid regular expression";
        }
    }

    private static string? Error(string[] constraint)
    {
        var value = constraint.Length > 2 ? constraint[2] : null;
        return constraint[0].Length == 0 ? "Missing field and operator" : constraint[1] switch
        {
            "UNIQUE" => value is null ? null : "UNIQUE does not accept a value",
            "CLUSTER" => null,
            "GROUP_BY" => value is null || IsInteger(value) ? null : "GROUP BY must define an integer value or else no value at all",
            "LIKE" or "UNLIKE" => string.IsNullOrEmpty(value)
                ? "LIKE and UNLIKE require a non-empty, regular expression value"
                : RegexError(value),
            "MAX_PER" => value is not null && IsInteger(value) ? null : "MAX_PER requires an integer value",
            "IS" => string.IsNullOrEmpty(value) ? "IS requires a non-empty value" : null,
            _ => "operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS",
        };
    }

    private static bool IsInteger(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
}
