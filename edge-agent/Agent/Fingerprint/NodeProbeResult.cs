using System.Collections.Immutable;
using Edge.Agent.Profiles;
using Edge.Core.Model;

namespace Edge.Agent.Fingerprint;

/// <summary>What came of describing a node.</summary>
/// <param name="Description">What the node says of itself; null when there was any error.</param>
/// <param name="Profile">The board's profile that was applied; null when none was asked for, or it is wrong.</param>
/// <param name="Machine">What was found out about the machine.</param>
/// <param name="Errors">Everything wrong with what the operator said, whole sentences; empty on success.</param>
/// <param name="Warnings">What was not found and what stands in for it; what the machine has less of than its profile says.</param>
internal sealed record NodeProbeResult(
    NodeDescription? Description,
    BoardProfile? Profile,
    MachineFacts Machine,
    ImmutableArray<string> Errors,
    ImmutableArray<string> Warnings);
