using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Edge.Agent.Profiles;

/// <summary>Reads JSON into nodes that know their lines.</summary>
internal static class ProfileTree
{
    // A profile is four deep.
    private const int MaxDepth = 16;

    /// <summary>Reads one JSON value; null, with an error, when it is none.</summary>
    public static ProfileNode? Parse(ReadOnlySpan<byte> json, ProfileErrors errors)
    {
        if (json.StartsWith(Encoding.UTF8.Preamble))
        {
            json = json[Encoding.UTF8.Preamble.Length..];
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var lines = new LineCounter();
        try
        {
            reader.Read();
            var root = ReadValue(ref reader, json, ref lines, string.Empty, errors);
            reader.Read();
            return root;
        }
        catch (JsonException failure)
        {
            errors.Add((int)(failure.LineNumber ?? 0) + 1, string.Create(
                CultureInfo.InvariantCulture,
                $"what stands at byte {(failure.BytePositionInLine ?? 0) + 1} of this line is no JSON; allowed is one JSON object, "
                    + $"without comments and trailing commas, at most {MaxDepth} deep."));
        }
        catch (InvalidOperationException)
        {
            errors.Add(lines.At(json, (int)reader.TokenStartIndex), "a text is not valid Unicode; allowed is UTF-8.");
        }

        return null;
    }

    private static ProfileNode ReadValue(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref LineCounter lines, string path, ProfileErrors errors)
    {
        var line = lines.At(json, (int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var owner = new ProfileNode(JsonValueKind.Object, line, string.Empty);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    ReadMember(ref reader, json, ref lines, path, owner, errors);
                }

                return owner;
            case JsonTokenType.StartArray:
                var list = new ProfileNode(JsonValueKind.Array, line, string.Empty);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Items.Add(ReadValue(ref reader, json, ref lines, path, errors));
                }

                return list;
            case JsonTokenType.String:
                return new ProfileNode(JsonValueKind.String, line, reader.GetString() ?? string.Empty);
            case JsonTokenType.Number:
                return new ProfileNode(JsonValueKind.Number, line, Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return new ProfileNode(JsonValueKind.True, line, string.Empty);
            case JsonTokenType.False:
                return new ProfileNode(JsonValueKind.False, line, string.Empty);
            default:
                return new ProfileNode(JsonValueKind.Null, line, string.Empty);
        }
    }

    private static void ReadMember(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref LineCounter lines, string path, ProfileNode owner, ProfileErrors errors)
    {
        var line = lines.At(json, (int)reader.TokenStartIndex);
        var name = reader.GetString() ?? string.Empty;
        var inner = path.Length == 0 ? ProfileNode.Clean(name) : $"{path}.{ProfileNode.Clean(name)}";
        reader.Read();
        var value = ReadValue(ref reader, json, ref lines, inner, errors);
        if (owner.Members.Find(m => m.Name == name) is { } earlier)
        {
            errors.Add(line, string.Create(
                CultureInfo.InvariantCulture,
                $"'{inner}' is {value.Show()} after {earlier.Value.Show()} in line {earlier.Line}; allowed is each key once."));
            return;
        }

        owner.Members.Add(new ProfileMember(name, line, value));
    }

    // Tokens come in the order of the file: each byte is looked at once.
    private struct LineCounter
    {
        private int _position;
        private int _ended;

        public int At(ReadOnlySpan<byte> json, int position)
        {
            if (position > _position)
            {
                _ended += json[_position..position].Count((byte)'\n');
                _position = position;
            }

            return _ended + 1;
        }
    }
}
