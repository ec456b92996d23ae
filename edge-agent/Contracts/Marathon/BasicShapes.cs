using System.Text.Json;

namespace Edge.Contracts.Marathon;

/// <summary>The small shapes that objects are made of. Source: Marathon 1.10 RAML, stringTypes and numberTypes.</summary>
internal static class BasicShapes
{
    public static readonly Shape Text = new TextShape();
    public static readonly Shape FilledText = new TextShape(1);
    public static readonly Shape Flag = new FlagShape();
    public static readonly Shape Labels = new MapShape(Text);
    public static readonly Shape AnyPort = NumberShape.Int32(0, 65535);
    public static readonly Shape Whole = NumberShape.Int32();
    public static readonly Shape Path = new TextShape(1, 1024);
    public static readonly Shape Name = new TextShape(1, 63, AppPath.IsName);
    public static readonly Shape LegacyName = new TextShape(1, pattern: AppPath.IsName);
    public static readonly Shape NetworkName = new TextShape(1, 63, IsNetworkName);
    public static readonly Shape Protocol = new WordShape("tcp", "udp", "udp,tcp");
    public static readonly Shape ReadMode = new WordShape("RO", "RW");
    public static readonly Shape HttpScheme = new WordShape("HTTP", "HTTPS");
    public static readonly Shape PathId = new TextShape(1, pattern: AppPath.IsPathText);

    /// <summary>One shape for a string and one for anything else.</summary>
    public static Shape TextOr(Shape text, Shape other) => new ChoiceShape(e => e.ValueKind == JsonValueKind.String ? text : other);

    /// <summary>One shape for an object and one for anything else.</summary>
    public static Shape ObjectOr(Shape map, Shape other) => new ChoiceShape(e => e.ValueKind == JsonValueKind.Object ? map : other);

    private static bool IsNetworkName(string text) => text[0] != '_' && text[^1] != '_' && AppPath.IsName(text.Replace('_', '-'));
}
