using System.Collections.Immutable;

namespace Edge.Daemon.Api.Edge;

/// <summary>One change that somebody asked for.</summary>
/// <param name="Action">What, such as <c>apps_changed</c>.</param>
/// <param name="Author">Who.</param>
/// <param name="Refusal">Why it was not done; absent when it was.</param>
public sealed record AuditEntry(string Action, string Author, string? Refusal)
{
    /// <summary>Counts the entries of this run, from 1; set by the log.</summary>
    public long Number { get; init; }

    /// <summary>When, UTC; set by the log.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The node that it was about; absent for most.</summary>
    public string? Node { get; init; }

    /// <summary>The apps that it was about.</summary>
    public ImmutableArray<string> Apps { get; init; } = [];

    /// <summary>What else it named: a deployment, a conflict, tasks; empty for most.</summary>
    public ImmutableArray<string> Subjects { get; init; } = [];
}

/// <summary>The newest changes with their authors. In memory: what has to outlive the daemon is in the journal (versions of apps, changes
/// of sites, conflicts).</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class AuditLog(TimeProvider time)
{
    /// <summary>Entries that are kept. Reason: a day of a busy team, some hundred kilobytes.</summary>
    public const int EntriesMax = 1_000;

    /// <summary>Names kept of one entry. Reason: a group may hold thousands of apps.</summary>
    private const int NamesMax = 20;

    private readonly Lock _lock = new();
    private readonly Queue<AuditEntry> _entries = new();
    private long _number;

    /// <summary>Since when it is kept, UTC.</summary>
    public DateTimeOffset Since { get; } = time.GetUtcNow();

    /// <summary>Adds an entry.</summary>
    public void Add(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_lock)
        {
            _entries.Enqueue(entry with
            {
                Number = ++_number,
                At = time.GetUtcNow(),
                Apps = [.. entry.Apps.Take(NamesMax)],
                Subjects = [.. entry.Subjects.Take(NamesMax)],
            });
            if (_entries.Count > EntriesMax)
            {
                _entries.Dequeue();
            }
        }
    }

    /// <summary>The newest entries, newest first.</summary>
    public ImmutableArray<AuditEntry> Newest(int count)
    {
        lock (_lock)
        {
            return [.. _entries.Reverse().Take(count)];
        }
    }
}
