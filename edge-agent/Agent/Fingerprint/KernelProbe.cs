namespace Edge.Agent.Fingerprint;

/// <summary>The kernel's release, such as "6.1.0-26-amd64".</summary>
/// <remarks>Fallback: "unknown". Source: kernel /proc/sys/kernel/osrelease, what uname -r prints.</remarks>
internal static class KernelProbe
{
    private const string File = "proc/sys/kernel/osrelease";

    // utsname has 64 characters.
    private const int MaxLength = 64;

    /// <summary>The release of the running kernel.</summary>
    public static Probed<string> Read(ProbeFiles files) => Parse(files.ReadText(File));

    /// <summary>Takes the one word of the text.</summary>
    public static Probed<string> Parse(string? text)
    {
        var release = text?.Trim() ?? string.Empty;
        return release.Length is > 0 and <= MaxLength && release.All(c => c is > ' ' and <= '~')
            ? new Probed<string>(release)
            : new Probed<string>("unknown", $"The kernel's release is not known: /{File} {ProbeFiles.Show(text)}, allowed is one word.");
    }
}
