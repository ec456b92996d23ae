using System.Collections.Immutable;

namespace Edge.Agent.Profiles;

/// <summary>What came of reading a profile.</summary>
/// <param name="Profile">The profile; null when there was any error.</param>
/// <param name="Errors">All errors in the order of the file, each naming file, line, key, bad value and what is allowed.</param>
internal sealed record ProfileResult(BoardProfile? Profile, ImmutableArray<string> Errors);
