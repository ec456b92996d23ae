namespace Edge.Tests.Support;

/// <summary>Where the sources of this checkout are.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>Edge.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the root.</summary>
    public static string PathTo(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Every file that git would take, with slashes; what somebody keeps here for himself is his own affair.</summary>
    /// <returns>Null where there is no git or no clone.</returns>
    public static async Task<string[]?> TrackedAsync()
    {
        var git = RequiresFactAttribute.Find("git") is null ? null : await Shell.RunAsync(
            "git", "-C", Root, "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard");
        return git is { ExitCode: 0 } ? git.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Edge.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Edge.sln.");
    }
}
