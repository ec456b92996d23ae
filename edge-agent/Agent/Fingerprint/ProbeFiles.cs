using System.Text;

namespace Edge.Agent.Fingerprint;

/// <summary>Reads the small text files in which the kernel and the system say what they are.</summary>
/// <param name="Root">What stands for "/": another folder in tests.</param>
internal sealed record ProbeFiles(string Root = "/")
{
    // The longest of them, /proc/stat of a machine with hundreds of interrupts, is a few KiB.
    private const int MaxBytes = 64 * 1024;

    /// <summary>The text of a file, at most its first 64 KiB; null when it is missing, is no file, or may not be read.</summary>
    /// <param name="path">From "/" on, without the leading slash.</param>
    public string? ReadText(string path)
    {
        try
        {
            using var file = new FileStream(Path.Combine(Root, path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            var bytes = new byte[MaxBytes];
            var length = file.ReadAtLeast(bytes, MaxBytes, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The names in a folder, ascending; empty when it cannot be listed.</summary>
    public IReadOnlyList<string> ListNames(string path)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Path.Combine(Root, path))
                .Select(e => Path.GetFileName(e))
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>True when there is a file, folder or link that leads to one.</summary>
    public bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>What a file held, fit for an error sentence: one line, at most 80 characters.</summary>
    public static string Show(string? text)
    {
        if (text is null)
        {
            return "cannot be read";
        }

        var shown = new StringBuilder("holds '");
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, 80)).TrimEnd())
        {
            shown.Append(char.IsControl(character) || character > '~' ? '?' : character);
        }

        return shown.Append('\'').ToString();
    }
}
