using System.Globalization;
using System.Text.Json;

namespace Edge.Agent.Profiles;

/// <summary>Reads a firmware profile and tells all of its mistakes at once.</summary>
public static class ProfileReader
{
    private const int MaxBytes = 256 * 1024;
    private const string DeviceRule = "a path below /dev/";

    /// <summary>Reads a file.</summary>
    public static ProfileResult ReadFile(string path)
    {
        try
        {
            var info = new FileInfo(path);
            return info.Length > MaxBytes
                ? Failed($"{path}: {info.Length} bytes; a profile has at most {MaxBytes}")
                : Read(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed($"{path}: cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads the bytes of a file; <paramref name="name"/> stands in the messages.</summary>
    public static ProfileResult Read(string name, byte[] json)
    {
        ProfileNode root;
        try
        {
            root = ProfileNode.Parse(json);
        }
        catch (JsonException e)
        {
            return Failed($"{name}:{e.LineNumber + 1}: not JSON: {e.Message}");
        }

        var check = new ProfileCheck(name);
        var profile = ReadProfile(new ProfileObject(check, root, ""));
        var errors = check.Errors.OrderBy(e => e.Line).Select(e => e.Text).ToArray();
        return errors.Length == 0 ? new ProfileResult(profile, []) : new ProfileResult(null, errors);
    }

    private static FirmwareProfile ReadProfile(ProfileObject root)
    {
        root.Allow("$schema", "board", "architecture", "resources", "attributes", "gpio", "buses", "limits", "watchdog");
        var resources = root.Object("resources", isRequired: true);
        var buses = root.Object("buses", isRequired: false);
        var limits = root.Object("limits", isRequired: true);
        var watchdog = root.Object("watchdog", isRequired: false);
        buses?.Allow("i2c", "spi", "uart");
        limits?.Allow("maxTasks", "sandboxMaxMib");
        watchdog?.Allow("device", "timeoutSeconds");
        return new FirmwareProfile(
            root.Text("board", "lower-case letters, digits and hyphens", static t => t.Length is > 0 and <= 64 && t.All(IsNameLetter)),
            root.Text("architecture", "amd64, arm64, arm", static t => t is "amd64" or "arm64" or "arm"),
            ReadResources(resources),
            ReadAttributes(root.Object("attributes", isRequired: false)),
            [.. root.Objects("gpio").Select(ReadChip)],
            new ProfileBuses(Devices(buses, "i2c"), Devices(buses, "spi"), Devices(buses, "uart")),
            new ProfileLimits((int)(limits?.Number("maxTasks", 1, 1000) ?? 0), (long)(limits?.Number("sandboxMaxMib", 16, 1 << 24) ?? 0)),
            watchdog is null ? null : new ProfileWatchdog(Device(watchdog), (int)watchdog.Number("timeoutSeconds", 1, 600)));
    }

    private static ProfileResources ReadResources(ProfileObject? resources)
    {
        if (resources is null)
        {
            return new ProfileResources(0, 0, null, 0, 0);
        }

        resources.Allow("cpus", "memoryMib", "diskMib", "ports");
        const string rule = "FIRST-LAST with 1 <= FIRST <= LAST <= 65535";
        var ports = resources.Text("ports", rule, static t => Ports(t) is not null);
        var (first, last) = Ports(ports) ?? (0, 0);
        return new ProfileResources(
            resources.Number("cpus", 0.1, 1024, isWhole: false),
            (long)resources.Number("memoryMib", 16, 1 << 24),
            resources.Has("diskMib") ? (long)resources.Number("diskMib", 1, 1 << 30) : null,
            first,
            last);
    }

    private static IReadOnlyList<KeyValuePair<string, string>> ReadAttributes(ProfileObject? attributes) => attributes is null
        ? []
        : [.. attributes.Keys.Select(k => KeyValuePair.Create(k, attributes.Text(k, "a text that is not empty", static t => t.Length > 0)))];

    private static ProfileGpioChip ReadChip(ProfileObject chip)
    {
        chip.Allow("device", "lineCount", "offered");
        var count = (int)chip.Number("lineCount", 1, 1024);
        return new ProfileGpioChip(Device(chip), count, chip.Lines("offered", count));
    }

    private static string Device(ProfileObject owner) => owner.Text("device", DeviceRule, IsDevice);

    private static IReadOnlyList<string> Devices(ProfileObject? buses, string key) => buses?.Texts(key, DeviceRule, IsDevice) ?? [];

    private static bool IsDevice(string text) =>
        text.Length > 5 && text.StartsWith("/dev/", StringComparison.Ordinal) && !text.Contains("..", StringComparison.Ordinal);

    private static bool IsNameLetter(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-';

    private static (int First, int Last)? Ports(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first >= 1 && first <= last && last <= 65535 ? (first, last) : null;
    }

    private static ProfileResult Failed(string error) => new(null, [error]);
}
