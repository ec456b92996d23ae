namespace Edge.Agent.Containerizer;

/// <summary>Why a file of a sandbox was not given out.</summary>
public enum SandboxError
{
    NotFound,
    Forbidden,
    BadRequest,
}

/// <summary>One file or folder as the browse endpoint shows it. Source: apache/mesos src/files/files.cpp.</summary>
/// <param name="Mode">As <c>ls -l</c>: "-rw-r--r--".</param>
/// <param name="ModifiedSeconds">Unix time.</param>
/// <param name="Path">The asked path with the name appended.</param>
public sealed record SandboxEntry(
    string Path, string Mode, uint Links, string User, string Group, long Size, long ModifiedSeconds);

/// <summary>The content of a folder: ascending by path; or the reason why not.</summary>
public sealed record SandboxListing(SandboxError? Error, string Message, IReadOnlyList<SandboxEntry> Entries)
{
    internal static SandboxListing Refused(SandboxError error, string message) => new(error, message, []);
}

/// <summary>A piece of a file; or the reason why not.</summary>
/// <param name="Offset">Where the piece begins; the size of the file when the size was asked for, and then there is no data.</param>
public sealed record SandboxPiece(SandboxError? Error, string Message, long Offset, ReadOnlyMemory<byte> Data)
{
    internal static SandboxPiece Refused(SandboxError error, string message) => new(error, message, 0, default);
}
