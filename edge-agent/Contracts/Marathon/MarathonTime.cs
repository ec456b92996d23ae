using System.Globalization;

namespace Edge.Contracts.Marathon;

/// <summary>Marathon's timestamps: ISO 8601, UTC, exactly three digits of a second's fraction, <c>Z</c>.</summary>
/// <remarks>More digits make python3-marathon throw. Source: Marathon 1.10, Timestamp.</remarks>
public static class MarathonTime
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly string[] s_forms =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    /// <summary>The text of an instant; what is finer than a millisecond is cut off.</summary>
    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>The instant of a text; a text without an offset is UTC. Null when it is no timestamp.</summary>
    public static DateTimeOffset? Parse(string text) => DateTimeOffset.TryParseExact(
        text, s_forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var result)
        ? result
        : null;
}
