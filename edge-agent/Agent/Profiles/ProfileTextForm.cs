using System.Text.RegularExpressions;

namespace Edge.Agent.Profiles;

/// <summary>A form of text: its pattern, as the schema has it, and words for people.</summary>
/// <param name="Pattern">A regular expression in the part that JSON schemas and this runtime share.</param>
/// <param name="Allowed">What an error says is allowed.</param>
/// <param name="Regex">The pattern, compiled.</param>
internal sealed partial record ProfileTextForm(string Pattern, string Allowed, Regex Regex)
{
    private const string BoardPattern = "^[a-z0-9]+(-[a-z0-9]+)*$";
    private const string LabelPattern = "^[!-~]+$";
    private const string DevicePattern = "^/dev/[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$";
    private const string BusPattern = "^(/dev/[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*|can[0-9]{1,3})$";
    private const string NamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
    private const string RangesPattern = "^\\[([0-9]{1,9}-[0-9]{1,9}(, ?[0-9]{1,9}-[0-9]{1,9})*)?\\]$";
    private const string ValuePattern = "^[^;]+$";

    /// <summary>The name of a board.</summary>
    public static ProfileTextForm Board { get; } = new(
        BoardPattern, "are small letters and digits, with single '-' between them", BoardRegex());

    /// <summary>A word without blanks.</summary>
    public static ProfileTextForm Label { get; } = new(LabelPattern, "is one word of visible ASCII characters", LabelRegex());

    /// <summary>A device file.</summary>
    public static ProfileTextForm Device { get; } = new(DevicePattern, "is a path below /dev such as /dev/watchdog0", DeviceRegex());

    /// <summary>A bus.</summary>
    public static ProfileTextForm Bus { get; } = new(
        BusPattern, "is a path below /dev such as /dev/i2c-1, or an interface such as can0", BusRegex());

    /// <summary>The name of an attribute.</summary>
    public static ProfileTextForm Name { get; } = new(
        NamePattern, "are names of letters, digits, '.', '_' and '-', the first a letter or digit", NameRegex());

    /// <summary>Ranges of numbers.</summary>
    public static ProfileTextForm Ranges { get; } = new(RangesPattern, "are ranges such as [4-6, 12-13]", RangesRegex());

    /// <summary>The value of an attribute.</summary>
    public static ProfileTextForm Value { get; } = new(ValuePattern, "is text without ';'", ValueRegex());

    [GeneratedRegex(BoardPattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex BoardRegex();

    [GeneratedRegex(LabelPattern, RegexOptions.CultureInvariant)]
    private static partial Regex LabelRegex();

    [GeneratedRegex(DevicePattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DeviceRegex();

    [GeneratedRegex(BusPattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex BusRegex();

    [GeneratedRegex(NamePattern, RegexOptions.CultureInvariant)]
    private static partial Regex NameRegex();

    [GeneratedRegex(RangesPattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex RangesRegex();

    [GeneratedRegex(ValuePattern, RegexOptions.CultureInvariant)]
    private static partial Regex ValueRegex();
}
