using System.Globalization;
using System.Text.Json;

namespace Edge.Agent.Profiles;

/// <summary>The mistakes of one file.</summary>
internal sealed class ProfileCheck(string file)
{
    public List<(int Line, string Text)> Errors { get; } = [];

    public void Wrong(ProfileNode node, string key, string allowed) =>
        Errors.Add((node.Line, $"{file}:{node.Line}: '{key}' is {Shown(node)}; allowed: {allowed}"));

    public void Missing(ProfileNode owner, string key, string allowed) =>
        Errors.Add((owner.Line, $"{file}:{owner.Line}: '{key}' is missing; allowed: {allowed}"));

    public void Say(ProfileNode node, string text) => Errors.Add((node.Line, $"{file}:{node.Line}: {text}"));

    private static string Shown(ProfileNode node) => node.Type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => $"\"{(node.Text.Length <= 80 ? node.Text : node.Text[..80] + "...")}\"",
        _ => node.Text,
    };
}

/// <summary>An object of a profile that is read key by key; what is wrong is noted, and a harmless value taken instead.</summary>
internal sealed class ProfileObject(ProfileCheck check, ProfileNode node, string path)
{
    private readonly Dictionary<string, ProfileNode> _members = Members(check, node, path);

    public IEnumerable<string> Keys => _members.Keys;

    public bool Has(string key) => _members.ContainsKey(key);

    /// <summary>Notes every key that is none of these.</summary>
    public void Allow(params string[] keys)
    {
        foreach (var (key, value) in _members.Where(m => !keys.Contains(m.Key, StringComparer.Ordinal)))
        {
            check.Say(value, $"'{path}{key}' is no key of a profile; allowed: {string.Join(", ", keys)}");
        }
    }

    public string Text(string key, string rule, Func<string, bool> isAllowed)
    {
        if (Find(key, rule) is not { } value)
        {
            return "";
        }

        if (value.Type == JsonTokenType.String && isAllowed(value.Text))
        {
            return value.Text;
        }

        check.Wrong(value, path + key, rule);
        return "";
    }

    public double Number(string key, double least, double most, bool isWhole = true)
    {
        var rule = string.Create(CultureInfo.InvariantCulture, $"{(isWhole ? "a whole number" : "a number")} from {least} to {most}");
        return Find(key, rule) is { } value ? Number(value, path + key, rule, (least, most, isWhole)) : least;
    }

    public IReadOnlyList<string> Texts(string key, string rule, Func<string, bool> isAllowed)
    {
        var texts = new List<string>();
        foreach (var item in List(key, $"a list, each item {rule}"))
        {
            if (item.Type == JsonTokenType.String && isAllowed(item.Text))
            {
                texts.Add(item.Text);
            }
            else
            {
                check.Wrong(item, path + key, rule);
            }
        }

        return texts;
    }

    /// <summary>Different line numbers of a chip.</summary>
    public IReadOnlyList<int> Lines(string key, int count)
    {
        var lines = new List<int>();
        var rule = $"different line numbers from 0 to {count - 1}";
        foreach (var item in List(key, "a list of " + rule))
        {
            var line = (int)Number(item, path + key, rule, (0, count - 1, true));
            if (lines.Contains(line))
            {
                check.Wrong(item, path + key, rule);
            }

            lines.Add(line);
        }

        return lines;
    }

    public ProfileObject? Object(string key, bool isRequired)
    {
        if (!_members.TryGetValue(key, out var value))
        {
            if (isRequired)
            {
                check.Missing(node, path + key, "an object");
            }

            return null;
        }

        return new ProfileObject(check, value, $"{path}{key}.");
    }

    public IEnumerable<ProfileObject> Objects(string key) =>
        List(key, "a list of objects").Select((item, i) => new ProfileObject(check, item, $"{path}{key}[{i}].")).ToArray();

    private List<ProfileNode> List(string key, string rule)
    {
        if (!_members.TryGetValue(key, out var value))
        {
            return [];
        }

        if (value.Type != JsonTokenType.StartArray)
        {
            check.Wrong(value, path + key, rule);
        }

        return value.Items;
    }

    private double Number(ProfileNode value, string key, string rule, (double Least, double Most, bool IsWhole) range)
    {
        var isNumber = value.Type == JsonTokenType.Number
            && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= range.Least && number <= range.Most && (!range.IsWhole || number == Math.Floor(number));
        if (isNumber)
        {
            return double.Parse(value.Text, CultureInfo.InvariantCulture);
        }

        check.Wrong(value, key, rule);
        return range.Least;
    }

    private ProfileNode? Find(string key, string rule)
    {
        if (_members.TryGetValue(key, out var value))
        {
            return value;
        }

        check.Missing(node, path + key, rule);
        return null;
    }

    private static Dictionary<string, ProfileNode> Members(ProfileCheck check, ProfileNode node, string path)
    {
        if (node.Type != JsonTokenType.StartObject)
        {
            check.Wrong(node, path.Length == 0 ? "the profile" : path.TrimEnd('.'), "an object");
        }

        var members = new Dictionary<string, ProfileNode>(StringComparer.Ordinal);
        foreach (var (key, value) in node.Members)
        {
            if (!members.TryAdd(key, value))
            {
                check.Say(value, $"'{path}{key}' is there twice; allowed: once");
            }
        }

        return members;
    }
}
