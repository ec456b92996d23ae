using System.Security.Cryptography;
using System.Text;

namespace Edge.Agent.Fingerprint;

/// <summary>A name for the machine that outlives reboots: 32 hexadecimal digits.</summary>
/// <remarks>Fallback: a hash of the host's name and the first of these that there is: the board's serial number (device tree), the
/// mainboard's UUID (DMI), the hardware address of the first network card, nothing. It stays the same as long as these do.
/// Source: machine-id(5).</remarks>
internal static class MachineIdProbe
{
    private const int Digits = 32;
    private const string File = "etc/machine-id";

    /// <summary>The id of this machine.</summary>
    public static Probed<string> Read(ProbeFiles files)
    {
        var text = files.ReadText(File);
        return Parse(text) ?? Parse(files.ReadText("var/lib/dbus/machine-id")) ?? Derive(
            text, HostnameProbe.Read(files).Value, HardwareId(files));
    }

    /// <summary>Takes the id of a file; null when it holds none, such as "uninitialized" on a first boot.</summary>
    public static Probed<string>? Parse(string? text)
    {
        var id = text?.Trim() ?? string.Empty;
        return id.Length == Digits && id.All(char.IsAsciiHexDigit) && id.Any(c => c != '0')
            ? new Probed<string>(id.ToLowerInvariant())
            : null;
    }

    /// <summary>Makes an id of what stays the same.</summary>
    /// <param name="text">What the file held, for the fault.</param>
    /// <param name="hardware">Where the hardware's id comes from and what it is; empty when it has none.</param>
    public static Probed<string> Derive(string? text, string hostname, string hardware)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"edge machine\n{hostname}\n{hardware}"));
        var source = hardware.Length == 0 ? "nothing of the hardware" : hardware[..hardware.IndexOf(' ', StringComparison.Ordinal)];
        return new Probed<string>(
            Convert.ToHexStringLower(hash)[..Digits],
            $"The machine's id is not known: /{File} {ProbeFiles.Show(text)}, allowed are 32 hexadecimal digits; one made of the name "
                + $"'{hostname}' and {source} is used.");
    }

    // Ordered from what changes least; a card can be exchanged.
    private static string HardwareId(ProbeFiles files)
    {
        foreach (var path in (string[])["sys/firmware/devicetree/base/serial-number", "sys/class/dmi/id/product_uuid"])
        {
            if (files.ReadText(path)?.Trim('\0', ' ', '\n') is { Length: > 0 } id)
            {
                return $"/{path} {id}";
            }
        }

        // Only cards have a device; bridges and tunnels have addresses made up anew on each boot.
        foreach (var card in files.ListNames("sys/class/net").Where(n => files.Exists($"sys/class/net/{n}/device")))
        {
            if (files.ReadText($"sys/class/net/{card}/address")?.Trim() is { Length: 17 } address && address != "00:00:00:00:00:00")
            {
                return $"/sys/class/net/{card}/address {address}";
            }
        }

        return string.Empty;
    }
}
