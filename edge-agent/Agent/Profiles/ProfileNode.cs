using System.Text;
using System.Text.Json;

namespace Edge.Agent.Profiles;

/// <summary>One value of a JSON text with the line that it stands on; System.Text.Json's own document does not know lines.</summary>
internal sealed class ProfileNode(JsonTokenType type, string text, int line)
{
    public JsonTokenType Type => type;

    /// <summary>The value as written, without quotes.</summary>
    public string Text => text;

    public int Line => line;

    public List<(string Key, ProfileNode Value)> Members { get; } = [];

    public List<ProfileNode> Items { get; } = [];

    /// <summary>Parses a whole text; throws <see cref="JsonException"/>.</summary>
    public static ProfileNode Parse(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        _ = reader.Read();
        var node = Read(ref reader, json);
        _ = reader.Read();
        return node;
    }

    private static ProfileNode Read(ref Utf8JsonReader reader, byte[] json)
    {
        var isText = reader.TokenType == JsonTokenType.String;
        var text = isText ? reader.GetString() ?? "" : Encoding.UTF8.GetString(reader.ValueSpan);
        var node = new ProfileNode(reader.TokenType, text, LineOf(json, reader.TokenStartIndex));
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var key = reader.GetString() ?? "";
                _ = reader.Read();
                node.Members.Add((key, Read(ref reader, json)));
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                node.Items.Add(Read(ref reader, json));
            }
        }

        return node;
    }

    private static int LineOf(byte[] json, long position) => 1 + json.AsSpan(0, (int)position).Count((byte)'\n');
}
