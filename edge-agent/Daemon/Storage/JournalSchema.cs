namespace Edge.Daemon.Storage;

/// <summary>The tables of a journal, one migration per number; never edited after a release.</summary>
/// <remarks>
/// <code>
/// meta        key -> value                        agent_epoch, hub_epoch
/// self        the node's own numbers              one row, id 1; empty on a hub
/// framework   id -> what it says, phase           completed ones included
/// node        id -> who and what it is, revisions
/// task        (framework, id) -> request, desired, observed, statuses
/// outbox      sequence -> status                  a node's; gone when the hub has committed it
/// </code>
/// Statuses are in the form of <see cref="StatusCodec"/>; requests are Mesos messages as they came. Times are microseconds since 1970 UTC.
/// </remarks>
internal static class JournalSchema
{
    /// <summary>The migrations, ascending; the database's <c>user_version</c> counts those that were applied.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
    [
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE self (id INTEGER PRIMARY KEY CHECK (id = 1), hub_epoch TEXT NOT NULL, held INTEGER NOT NULL, next INTEGER NOT NULL);
        CREATE TABLE framework (
            id TEXT PRIMARY KEY, phase INTEGER NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, roles TEXT NOT NULL,
            suppressed TEXT NOT NULL, failover_micros INTEGER NOT NULL, registered INTEGER NOT NULL, reregistered INTEGER NOT NULL,
            unregistered INTEGER, wire BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE node (
            id TEXT PRIMARY KEY, instance TEXT NOT NULL, agent_epoch TEXT NOT NULL, boot_id TEXT NOT NULL, hostname TEXT NOT NULL,
            address TEXT NOT NULL, port INTEGER NOT NULL, site TEXT NOT NULL, resources TEXT NOT NULL, attributes TEXT NOT NULL,
            version TEXT NOT NULL, unreachable INTEGER, last_seen INTEGER NOT NULL, registered INTEGER NOT NULL,
            reregistered INTEGER NOT NULL, desired INTEGER NOT NULL, held INTEGER NOT NULL, applied INTEGER NOT NULL,
            awaits_inventory INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE task (
            framework TEXT NOT NULL, id TEXT NOT NULL, node TEXT NOT NULL, container TEXT NOT NULL, role TEXT NOT NULL,
            user TEXT NOT NULL, desired INTEGER NOT NULL, grace_micros INTEGER, revision INTEGER NOT NULL, observed INTEGER NOT NULL,
            launched INTEGER NOT NULL, completed INTEGER NOT NULL, request BLOB NOT NULL, latest BLOB, history BLOB NOT NULL,
            pending BLOB NOT NULL, PRIMARY KEY (framework, id)) WITHOUT ROWID;
        CREATE TABLE outbox (sequence INTEGER PRIMARY KEY, status BLOB NOT NULL);
        """,
    ];
}
