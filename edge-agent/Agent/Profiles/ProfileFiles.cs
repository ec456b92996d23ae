using System.Collections.Immutable;

namespace Edge.Agent.Profiles;

/// <summary>Finds profiles: by path, or by name among the shipped ones.</summary>
internal static class ProfileFiles
{
    private const string Extension = ".json";

    /// <summary>Where shipped profiles are, the first that has the name wins: beside the program, then where packages put them.</summary>
    public static ImmutableArray<string> Folders { get; } =
        [Path.Combine(AppContext.BaseDirectory, "firmware-profiles"), "/usr/share/edge/firmware-profiles"];

    /// <summary>Reads the profile that <c>--profile</c> names; never throws for what is missing or wrong.</summary>
    /// <param name="pathOrName">A path when it holds a '/' or ends in .json; else the name of a shipped profile.</param>
    public static ProfileResult Load(string pathOrName) => Load(pathOrName, Folders);

    /// <summary>As <see cref="Load(string)"/>, with other folders of shipped profiles.</summary>
    public static ProfileResult Load(string pathOrName, ImmutableArray<string> folders)
    {
        if (pathOrName.Contains('/', StringComparison.Ordinal) || pathOrName.EndsWith(Extension, StringComparison.Ordinal))
        {
            return ReadFile(pathOrName);
        }

        foreach (var file in folders.Select(f => Path.Combine(f, pathOrName + Extension)))
        {
            if (File.Exists(file))
            {
                return ReadFile(file);
            }
        }

        var names = Names(folders);
        var there = names.IsEmpty
            ? "no profile is there"
            : $"did you mean '{ProfileChecker.Nearest(pathOrName, names)}'? Allowed are {string.Join(", ", names)}, or the path of a file";
        return Failed(
            $"There is no profile '{ProfileNode.Clean(pathOrName)}' in {string.Join(" or ", folders)}; {there}.");
    }

    /// <summary>The names of the shipped profiles, ascending, each once.</summary>
    public static ImmutableArray<string> Names(ImmutableArray<string> folders) =>
    [
        .. folders.Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*" + Extension))
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .Where(n => !n.EndsWith(".schema", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    private static ProfileResult ReadFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);

            // One byte more than allowed is enough to know.
            var bytes = new byte[ProfileReader.MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return ProfileReader.Read(bytes.AsSpan(0, length), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Failed($"The profile '{ProfileNode.Clean(path)}' cannot be read: {failure.Message.TrimEnd('.')}; "
                + "allowed is the path of a JSON file or the name of a shipped profile.");
        }
    }

    private static ProfileResult Failed(string error) => new(null, [error]);
}
