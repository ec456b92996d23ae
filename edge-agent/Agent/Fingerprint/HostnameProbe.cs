namespace Edge.Agent.Fingerprint;

/// <summary>The name of the host.</summary>
/// <remarks>Fallback: what /etc/hostname says, then "localhost". No name server is asked: this comes before the network.
/// Source: kernel /proc/sys/kernel/hostname.</remarks>
internal static class HostnameProbe
{
    /// <summary>The longest name, as in DNS.</summary>
    public const int MaxLength = 253;

    private const string File = "proc/sys/kernel/hostname";

    /// <summary>The name of this host.</summary>
    public static Probed<string> Read(ProbeFiles files) => Parse(files.ReadText(File), () => files.ReadText("etc/hostname"));

    /// <summary>Takes the name of the kernel, or the one that is configured.</summary>
    /// <param name="configured">Gives the text of /etc/hostname; asked only when the kernel's is no name.</param>
    public static Probed<string> Parse(string? text, Func<string?> configured)
    {
        if (text?.Trim() is { } name && IsName(name))
        {
            return new Probed<string>(name);
        }

        var value = configured()?.Trim() is { } other && IsName(other) ? other : "localhost";
        return new Probed<string>(
            value, $"The host's name is not known: /{File} {ProbeFiles.Show(text)}, allowed is one word; '{value}' is used.");
    }

    /// <summary>True for one visible ASCII word of at most 253 characters that the kernel does not use for "no name".</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxLength && name != "(none)" && name.All(c => c is > ' ' and <= '~');
}
