using System.Globalization;
using Edge.Core.Resources;
using Attribute = Edge.Core.Resources.Attribute;

namespace Edge.Agent.Profiles;

/// <summary>Reads a firmware profile from JSON and says everything that is wrong with it at once.</summary>
internal static class ProfileReader
{
    /// <summary>The largest file read; the shipped ones have about 1 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads one profile; never throws for bad input.</summary>
    /// <param name="json">The whole file, UTF-8.</param>
    /// <param name="file">The name that errors begin with, as in "board.json:7: ...".</param>
    public static ProfileResult Read(ReadOnlySpan<byte> json, string file)
    {
        var errors = new ProfileErrors(file);
        if (json.Length > MaxBytes)
        {
            errors.Add(1, string.Create(
                CultureInfo.InvariantCulture, $"the file has more than {MaxBytes} bytes; allowed are profiles of up to {MaxBytes} bytes."));
            return new ProfileResult(null, errors.All);
        }

        if (ProfileTree.Parse(json, errors) is { } root)
        {
            ProfileChecker.CheckObject(root, string.Empty, ProfileKeys.Root, errors);
            if (errors.None)
            {
                var profile = Build(root);
                CheckWhole(root, profile, errors);
                return new ProfileResult(errors.None ? profile : null, errors.All);
            }
        }

        return new ProfileResult(null, errors.All);
    }

    // The tree was checked: what is there has the right kind.
    private static BoardProfile Build(ProfileNode root)
    {
        var resources = root["resources"]?.Members ?? [];
        return new BoardProfile
        {
            Board = root["board"]!.Text,
            Architecture = root["architecture"]!.Text,
            Description = root["description"]?.Text ?? string.Empty,
            Resources = ResourceSet.Of(resources.Select(m => m.Name == "ports"
                ? Resource.Of(m.Name, Ranges(m.Value))
                : Resource.Of(m.Name, double.Parse(m.Value.Text, CultureInfo.InvariantCulture)))),
            ResourceNames = [.. resources.Select(m => m.Name).Order(StringComparer.Ordinal)],
            Attributes = [.. (root["attributes"]?.Members ?? []).Select(m => new Attribute(m.Name, AttributeValue.Of(m.Value.Text)))],
            Gpio = [.. Items(root, "gpio").Select(i => new GpioChip(i["chip"]!.Text, Whole(i["lines"]) ?? 0, Ranges(i["offered"]!)))],
            Buses = [.. Items(root, "buses").Select(i => new BoardBus(i["kind"]!.Text, i["device"]!.Text))],
            Limits = root["limits"] is { } limits
                ? new BoardLimits(
                    Whole(limits["reservedMemoryMb"]),
                    Whole(limits["maxTasks"]),
                    Whole(limits["maxProcessesPerTask"]),
                    Whole(limits["maxOpenFilesPerTask"]))
                : new BoardLimits(),
            Watchdog = root["watchdog"] is { } watchdog
                ? new BoardWatchdog(
                    watchdog["device"]!.Text, watchdog["driver"]?.Text ?? string.Empty, Whole(watchdog["timeoutSeconds"]) ?? 0)
                : null,
        };
    }

    // What no key can say alone.
    private static void CheckWhole(ProfileNode root, BoardProfile profile, ProfileErrors errors)
    {
        for (var i = 0; i < profile.Gpio.Length; i++)
        {
            var (chip, lines, offered) = profile.Gpio[i];
            var node = root["gpio"]!.Items[i];
            var at = string.Create(CultureInfo.InvariantCulture, $"gpio[{i}]");
            if (offered.Ranges.Any(r => r.End >= (ulong)lines))
            {
                errors.Add(node["offered"]!, at + ".offered", string.Create(
                    CultureInfo.InvariantCulture, $"are lines from 0 to {lines - 1}, for the chip has {lines}"));
            }

            if (profile.Gpio.Take(i).Any(g => g.Chip == chip))
            {
                errors.Add(node["chip"]!, at + ".chip", "is each chip once");
            }
        }

        for (var i = 0; i < profile.Buses.Length; i++)
        {
            var (kind, device) = profile.Buses[i];
            var node = root["buses"]!.Items[i]["device"]!;
            var at = string.Create(CultureInfo.InvariantCulture, $"buses[{i}].device");
            if (kind == "can" != device.StartsWith("can", StringComparison.Ordinal))
            {
                errors.Add(node, at, kind == "can" ? "for can is an interface such as can0" : $"for {kind} is a path below /dev");
            }

            if (profile.Buses.Take(i).Any(b => b.Device == device))
            {
                errors.Add(node, at, "is each device once");
            }
        }
    }

    private static List<ProfileNode> Items(ProfileNode root, string name) => root[name]?.Items ?? [];

    private static int? Whole(ProfileNode? node) => node is null ? null : int.Parse(node.Text, CultureInfo.InvariantCulture);

    private static RangeSet Ranges(ProfileNode node) => RangeSet.TryParse(node.Text, out var ranges, out _) ? ranges : RangeSet.Empty;
}
