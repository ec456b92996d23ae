using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Edge.Core.Resources;

namespace Edge.Agent.Profiles;

/// <summary>Holds a tree against the keys that are allowed, and collects everything that differs.</summary>
internal static class ProfileChecker
{
    /// <summary>Checks one object; missing and unknown keys are named as well as wrong values.</summary>
    /// <param name="path">Where the object is, as in "gpio[0]"; empty for the file.</param>
    public static void CheckObject(ProfileNode node, string path, ImmutableArray<ProfileKey> keys, ProfileErrors errors)
    {
        if (node.Kind != JsonValueKind.Object)
        {
            errors.Add(node, path.Length == 0 ? "the file" : path, "is an object with the keys " + Names(keys));
            return;
        }

        foreach (var member in node.Members)
        {
            if (keys.FirstOrDefault(k => k.Name == member.Name) is { } key)
            {
                CheckValue(member.Value, Join(path, member.Name), key, errors);
            }
            else
            {
                var nearest = Nearest(member.Name, keys.Select(k => k.Name));
                errors.Add(
                    member.Line,
                    $"'{Join(path, ProfileNode.Clean(member.Name))}' with {member.Value.Show()} is no key; did you mean '{nearest}'? "
                        + $"Allowed are {Names(keys)}.");
            }
        }

        foreach (var key in keys.Where(k => k.Required && node[k.Name] is null))
        {
            errors.Add(node.Line, $"'{Join(path, key.Name)}' is missing; allowed {Allowed(key)}.");
        }
    }

    /// <summary>The name with the fewest changed letters; the first of several.</summary>
    public static string Nearest(string name, IEnumerable<string> names) =>
        names.MinBy(n => Distance(ProfileNode.Clean(name), n)) ?? string.Empty;

    private static void CheckValue(ProfileNode node, string path, ProfileKey key, ProfileErrors errors)
    {
        switch (key.Kind)
        {
            case ProfileValueKind.Object:
                CheckObject(node, path, key.Inner, errors);
                break;
            case ProfileValueKind.List when node.Kind == JsonValueKind.Array && node.Items.Count <= key.Max:
                for (var i = 0; i < node.Items.Count; i++)
                {
                    CheckObject(node.Items[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), key.Inner, errors);
                }

                break;
            case ProfileValueKind.Names when node.Kind == JsonValueKind.Object && node.Members.Count <= key.Max:
                CheckNames(node, path, key, errors);
                break;
            default:
                if (!IsRight(node, key))
                {
                    errors.Add(node, path, Allowed(key));
                }

                break;
        }
    }

    private static void CheckNames(ProfileNode node, string path, ProfileKey key, ProfileErrors errors)
    {
        foreach (var member in node.Members)
        {
            if (!ProfileTextForm.Name.Regex.IsMatch(member.Name) || HasControl(member.Name))
            {
                errors.Add(
                    member.Line,
                    $"'{Join(path, ProfileNode.Clean(member.Name))}' is no name; allowed {ProfileTextForm.Name.Allowed}.");
            }

            if (!IsText(member.Value, ProfileKeys.MaxAttributeLength, key.Form))
            {
                errors.Add(
                    member.Value,
                    Join(path, ProfileNode.Clean(member.Name)),
                    string.Create(CultureInfo.InvariantCulture, $"is text without ';', 1 to {ProfileKeys.MaxAttributeLength} characters"));
            }
        }
    }

    private static bool IsRight(ProfileNode node, ProfileKey key) => key.Kind switch
    {
        ProfileValueKind.Text => IsText(node, key.Max, key.Form),
        ProfileValueKind.Word => node.Kind == JsonValueKind.String && key.Words.Contains(node.Text),
        ProfileValueKind.Whole => node.Kind == JsonValueKind.Number
            && long.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= key.Min && number <= key.Max,
        ProfileValueKind.Amount => node.Kind == JsonValueKind.Number
            && decimal.TryParse(node.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            && amount >= key.Min && amount <= key.Max && decimal.Round(amount, 3) == amount,
        ProfileValueKind.Ranges => IsText(node, 1000, key.Form)
            && RangeSet.TryParse(node.Text, out var ranges, out _)
            && ranges.Ranges.All(r => r.End <= (ulong)key.Max),
        _ => false,
    };

    private static bool IsText(ProfileNode node, long max, ProfileTextForm? form) =>
        node.Kind == JsonValueKind.String
        && node.Text.Length > 0 && node.Text.Length <= max && !HasControl(node.Text)
        && form?.Regex.IsMatch(node.Text) != false;

    // The end of a pattern would let a line end pass.
    private static bool HasControl(string text) => text.Any(char.IsControl);

    private static string Allowed(ProfileKey key) => key.Kind switch
    {
        ProfileValueKind.Text => string.Create(
            CultureInfo.InvariantCulture, $"{key.Form?.Allowed ?? "is text in one line"}, 1 to {key.Max} characters"),
        ProfileValueKind.Word => "are " + string.Join(", ", key.Words),
        ProfileValueKind.Whole => string.Create(CultureInfo.InvariantCulture, $"are whole numbers from {key.Min} to {key.Max}"),
        ProfileValueKind.Amount => string.Create(
            CultureInfo.InvariantCulture, $"are numbers from {key.Min} to {key.Max} with up to three decimals"),
        ProfileValueKind.Ranges => string.Create(
            CultureInfo.InvariantCulture, $"are ranges such as \"[4-6, 12-13]\", each from low to high, up to {key.Max}"),
        ProfileValueKind.Object => "is an object with the keys " + Names(key.Inner),
        ProfileValueKind.List => string.Create(
            CultureInfo.InvariantCulture, $"is a list of at most {key.Max} objects with the keys {Names(key.Inner)}"),
        ProfileValueKind.Names => string.Create(CultureInfo.InvariantCulture, $"is an object with at most {key.Max} names and texts"),
    };

    private static string Names(ImmutableArray<ProfileKey> keys) => string.Join(", ", keys.Select(k => k.Name));

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    // Levenshtein's, in one row.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                var best = Math.Min(diagonal + (same ? 0 : 1), Math.Min(row[j - 1], row[j]) + 1);
                diagonal = row[j];
                row[j] = best;
            }
        }

        return row[^1];
    }
}
