using System.Text.Json;

namespace Edge.Daemon.Hosting.Options;

/// <summary>A configuration file: one JSON object whose keys are the options' names. Comments and a last comma are forgiven.</summary>
/// <param name="Path">Empty when there is no file.</param>
/// <param name="Values">The texts by option; only names that the verb has.</param>
internal sealed record OptionFile(string Path, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Longest file that is read, in characters. Reason: a configuration is a page; something longer is the wrong file.</summary>
    private const int MaxLength = 1 << 20;

    private static readonly OptionFile s_none = new(string.Empty, new Dictionary<string, string>(StringComparer.Ordinal));

    private static readonly JsonDocumentOptions s_lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads the file; what is wrong with it is added to the errors, each naming the file.</summary>
    public static OptionFile Read(VerbSpec verb, string? path, OptionSources sources, List<string> errors)
    {
        if (path is null)
        {
            return s_none;
        }

        try
        {
            var text = sources.ReadFile(path);
            if (text.Length > MaxLength)
            {
                errors.Add($"{path}: {text.Length} characters are too many; allowed are {MaxLength}");
                return s_none;
            }

            using var document = JsonDocument.Parse(text, s_lenient);
            return new OptionFile(path, Texts(verb, path, document.RootElement, errors));
        }
        catch (JsonException wrong)
        {
            var example = $"{{ \"{verb.Options[0].Name}\": \"{verb.Options[0].Example}\" }}";
            errors.Add($"{path}: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}: this is no JSON; "
                + $"allowed is one object, as {example}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.Add($"--config: '{OptionText.Shown(path)}' cannot be read: {unreadable.Message}");
        }

        return s_none;
    }

    private static Dictionary<string, string> Texts(VerbSpec verb, string path, JsonElement root, List<string> errors)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root.ValueKind != JsonValueKind.Object)
        {
            errors.Add($"{path}: the file holds a JSON {root.ValueKind.ToString().ToLowerInvariant()}; allowed is one object");
            return texts;
        }

        var names = verb.Options.Where(o => o != OptionReader.Config).Select(o => o.Name).ToList();
        foreach (var property in root.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                var near = OptionText.Nearest(property.Name, names);
                var hint = near is null ? $"allowed are {string.Join(", ", names)}" : $"did you mean '{near}'?";
                errors.Add($"{path}: the key '{OptionText.Shown(property.Name)}' is unknown; {hint}");
            }
            else if (Text(property.Value) is not { } text)
            {
                errors.Add($"{path}: {property.Name}: a JSON {property.Value.ValueKind.ToString().ToLowerInvariant()} is wrong; "
                    + "allowed is a string, a number, true or false");
            }
            else if (!texts.TryAdd(property.Name, text))
            {
                errors.Add($"{path}: the key '{property.Name}' stands there twice; once is allowed");
            }
        }

        return texts;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null => null,
    };
}
