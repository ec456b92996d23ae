namespace Edge.Core.Engine;

/// <summary>Where the engine makes its rows durable.</summary>
/// <remarks>Called by the engine loop only.</remarks>
public interface IJournal
{
    /// <summary>Reads everything that was committed.</summary>
    JournalRows Load();

    /// <summary>Commits rows in one transaction: after the return they survive a power cut, or nothing of them is there.</summary>
    /// <returns>Null, or a sentence for the operator saying why nothing was committed (a full disk, say).</returns>
    string? Commit(IReadOnlyList<RowChange> rows);
}
