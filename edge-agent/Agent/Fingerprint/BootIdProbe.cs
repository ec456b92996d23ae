using System.Globalization;

namespace Edge.Agent.Fingerprint;

/// <summary>A name for the time since the last boot: the same until the machine starts again.</summary>
/// <remarks>Fallback: the boot time that /proc/stat tells, as "btime-1700000000". It differs after a boot, and also after the clock was
/// set, which then looks like a reboot. Where that is missing too: "unknown", with which a reboot cannot be seen.
/// Source: kernel /proc/sys/kernel/random/boot_id.</remarks>
internal static class BootIdProbe
{
    private const string File = "proc/sys/kernel/random/boot_id";
    private const string Stat = "proc/stat";

    /// <summary>The id of the running boot.</summary>
    public static Probed<string> Read(ProbeFiles files) => Parse(files.ReadText(File), () => files.ReadText(Stat));

    /// <summary>Takes the id, or makes one of the boot time.</summary>
    /// <param name="stat">Gives the text of /proc/stat; asked only when there is no id.</param>
    public static Probed<string> Parse(string? text, Func<string?> stat)
    {
        if (Guid.TryParseExact(text?.Trim(), "D", out var id))
        {
            return new Probed<string>(id.ToString("D"));
        }

        var line = stat()?.Split('\n').FirstOrDefault(l => l.StartsWith("btime ", StringComparison.Ordinal))?[6..];
        var value = long.TryParse(line, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var seconds)
            ? string.Create(CultureInfo.InvariantCulture, $"btime-{seconds}")
            : "unknown";
        return new Probed<string>(
            value, $"The boot id is not known: /{File} {ProbeFiles.Show(text)}, allowed is a UUID; '{value}' is used.");
    }
}
